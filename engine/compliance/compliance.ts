import { newId, type Clock, type Logger, type RouteDefinition } from '../kernel/index.ts';
import type { Database, Query } from '../storage/index.ts';
import { auditUnavailable } from './errors.ts';
import { executionAuditApplier } from './execution-audit.ts';
import type { AuditEvent, Compliance, Outcome } from './port.ts';
import { queries } from './queries.ts';
import { createReadings } from './readings.ts';
import { complianceRoutes } from './routes.ts';
import { storableJson, storableText } from './storable.ts';

export interface ComplianceOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The columns that every kind of row has, in the order of the queries. */
const subjectOf = ({ action, actorId, resourceKind, resourceId, requestId, ipAddress }: AuditEvent) => [
  action, actorId, resourceKind, resourceId && storableText(resourceId), storableText(requestId), ipAddress && storableText(ipAddress),
];

/** The audit of the platform; its schema is in migrations/shared/0030_compliance.sql. */
export function createCompliance({ database, clock, log }: ComplianceOptions): Compliance & { readonly routes: readonly RouteDefinition[] } {
  const now = () => new Date(clock.now()).toISOString();

  async function store(event: AuditEvent, query: Query, parameters: readonly unknown[]): Promise<void> {
    try {
      await database.asService(event.tenantId ?? 'every', (sql) => sql.affected(query, parameters));
    } catch (cause) {
      log.error({ err: cause, action: event.action, requestId: event.requestId }, 'an audit record could not be stored');
      throw auditUnavailable({ action: event.action }, { cause });
    }
  }

  const storeAudit = (event: AuditEvent, row: { id: string; phase: string; attemptId?: string; outcome?: Outcome }) =>
    store(event, queries.store_audit_record, [
      row.id, now(), event.tenantId, row.phase, row.attemptId, ...subjectOf(event), row.outcome, storableJson(event.facts ?? {}),
    ]);

  async function attempt(event: AuditEvent) {
    const attemptId = newId();
    await storeAudit(event, { id: attemptId, phase: 'attempt' });
    const settle = (outcome: Outcome, facts: Readonly<Record<string, unknown>> = {}) =>
      storeAudit({ ...event, facts: { ...event.facts, ...facts } }, { id: newId(), phase: 'outcome', attemptId, outcome });
    return { settle };
  }

  return {
    name: 'compliance',
    start: async () => undefined,
    stop: async () => undefined,
    attempt,
    record: (event, outcome) => storeAudit(event, { id: newId(), phase: 'single', outcome }),
    securityEvent: (event) =>
      store(event, queries.store_security_event, [newId(), now(), event.tenantId, ...subjectOf(event), storableJson(event.facts ?? {})]),
    applier: executionAuditApplier,
    routes: complianceRoutes(createReadings(database)),
  };
}
