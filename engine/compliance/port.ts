import type { Service } from '../kernel/index.ts';
import type { Applier } from '../journal/index.ts';

/** Something a person or the platform did or tried. Never put a secret, token or payload in `facts`. */
export interface AuditEvent {
  readonly tenantId: string | undefined;
  readonly actorId: string | undefined;
  /** Dotted verb, `workflow.execute`, `auth.login`. */
  readonly action: string;
  readonly resourceKind?: string;
  readonly resourceId?: string;
  readonly requestId: string;
  readonly ipAddress?: string;
  readonly facts?: Readonly<Record<string, unknown>>;
}

export type Outcome = 'success' | 'failure' | 'denied';

export interface Compliance extends Service {
  /** Stored before the action starts (documents' conflict X41); `settle` stores its outcome. Both awaited, neither fire-and-forget. */
  attempt(event: AuditEvent): Promise<{ settle(outcome: Outcome, facts?: Readonly<Record<string, unknown>>): Promise<void> }>;
  /** One finished action in a single row, category `audit`. */
  record(event: AuditEvent, outcome: Outcome): Promise<void>;
  /** Category `security`: denials, forged tokens, lockouts, tenant mismatches. */
  securityEvent(event: AuditEvent): Promise<void>;
  /** Writes the journal's `hook.fired` records as execution audit rows, exactly once. */
  readonly applier: Applier;
}
