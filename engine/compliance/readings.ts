import type { Tenant } from '../kernel/index.ts';
import type { Database } from '../storage/index.ts';
import type { AuditQuery } from './contract.ts';
import { auditCursorInvalid, executionNotAudited } from './errors.ts';
import { queries } from './queries.ts';

interface EventRow {
  readonly sequence: string;
  readonly tenant_id: string;
  readonly at: Date;
}

export interface Readings {
  /** A page of the tenant's own events, newest first. Throws AUDIT_CURSOR_INVALID (422). */
  page(tenant: Tenant, query: AuditQuery): Promise<{ events: object[]; next: string | null }>;
  /** Throws EXECUTION_NOT_AUDITED (404), also for another tenant's execution. */
  ofExecution(tenant: Tenant, executionId: string): Promise<{ records: object[] }>;
}

/** A cursor is a sequence number; it is written so that nobody is tempted to count with it. */
const cursorOf = (sequence: string) => Buffer.from(sequence).toString('base64url');

function sequenceOf(cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  const sequence = Buffer.from(cursor, 'base64url').toString();
  if (!/^\d{1,18}$/.test(sequence)) throw auditCursorInvalid({ found: cursor });
  return sequence;
}

export function createReadings(database: Database): Readings {
  async function page(tenant: Tenant, { cursor, category, action, resource_kind, resource_id, request_id, limit }: AuditQuery) {
    // One row more than asked for tells whether there is a next page.
    const parameters = [tenant.id, sequenceOf(cursor), category, action, resource_kind, resource_id, request_id, limit + 1];
    const rows = await database.asService(tenant.id, (sql) => sql.rows<EventRow>(queries.list_audit_events, parameters));
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return {
      events: rows.slice(0, limit).map(({ sequence: _sequence, tenant_id: _tenant, ...event }) => event),
      next: last ? cursorOf(last.sequence) : null,
    };
  }

  async function ofExecution(tenant: Tenant, executionId: string) {
    const records = await database.asService(tenant.id, (sql) => sql.rows(queries.list_execution_audit, [tenant.id, executionId]));
    if (records.length === 0) throw executionNotAudited({ execution_id: executionId });
    return { records: records.map(({ execution_id: _execution, tenant_id: _tenant, ...record }) => record) };
  }

  return { page, ofExecution };
}
