import type { Logger } from './logger.ts';

/** What a tenant may set for itself; absent means the platform's default from `settings.ts`. */
export interface TenantSettings {
  /** Requests per window and person; lower than the platform's limit only. */
  rateLimitPerMinute?: number;
  /** Longest time a synchronous execute call waits before it answers 202, in milliseconds. */
  synchronousWaitMs?: number;
  /** IANA zone used where a workflow names none. */
  timezone?: string;
}

/** A customer of the platform, resolved: where its rows, keys and files live. */
export interface Tenant {
  readonly id: string;
  /** Short name used in the X-Tenant-ID header; the id is accepted there too. */
  readonly slug: string;
  readonly name: string;
  readonly status: 'active' | 'suspended';
  /** PostgreSQL schema and NOLOGIN role, one each a tenant. */
  readonly schema: string;
  readonly role: string;
  /** Prefix of every Redis key of the tenant, `t:{id}:`. */
  readonly keyPrefix: string;
  readonly settings: TenantSettings;
}

/** Who asks: taken from a verified token and its live session. */
export interface Principal {
  readonly userId: string;
  readonly email: string;
  readonly tenantId: string;
  readonly sessionId: string;
  readonly roles: readonly string[];
  /** As issued in the token; the resource check reads current rights instead. */
  readonly permissions: readonly string[];
}

/** What the gateway knows of a request when it reaches a room. */
export interface RequestContext {
  readonly requestId: string;
  /** Shared by everything that one caller's action sets in motion; from X-Correlation-ID or the request id. */
  readonly correlationId: string;
  /** Client channel: `http` unless a client names itself in X-Client-Channel (cli, sdk, dashboard). */
  readonly channel: string;
  readonly ipAddress: string;
  readonly principal: Principal | undefined;
  readonly tenant: Tenant | undefined;
  readonly log: Logger;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
}
