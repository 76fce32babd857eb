/** What the room does, for its doors and for other rooms. */
import type { Principal, Tenant } from '../kernel/index.ts';
import type { CreateBody, ListQuery, UpdateBody, VersionDetail, VersionSummary, WorkflowDetail, WorkflowStored, WorkflowSummary } from './contract.ts';
import { workflowUnknown } from './errors.ts';

/** Who asks, and in which request. */
export interface Caller {
  readonly tenant: Tenant;
  readonly principal: Principal;
  readonly requestId: string;
  readonly ipAddress: string;
}

export interface Changes {
  /** Throws WORKFLOW_INVALID or WORKFLOW_CYCLE (422); then nothing is stored. */
  define(caller: Caller, wanted: CreateBody): Promise<WorkflowStored>;
  /** The next version. Throws also WORKFLOW_UNKNOWN (404), ACCESS_DENIED (403), WORKFLOW_VERSION_CONFLICT (409). */
  change(caller: Caller, workflowId: string, wanted: UpdateBody): Promise<WorkflowStored>;
  /** Not a new version: what would run stays the same. */
  setActive(caller: Caller, workflowId: string, active: boolean): Promise<WorkflowDetail>;
}

/** Each throws WORKFLOW_UNKNOWN (404), also for another tenant's id. */
export interface Readings {
  find(tenant: Tenant, workflowId: string): Promise<WorkflowDetail>;
  list(tenant: Tenant, query: ListQuery): Promise<{ workflows: WorkflowSummary[]; next_cursor: string | null }>;
  versions(tenant: Tenant, workflowId: string): Promise<VersionSummary[]>;
  /** Throws also WORKFLOW_VERSION_UNKNOWN (404). */
  findVersion(tenant: Tenant, workflowId: string, version: number): Promise<VersionDetail>;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What is no UUID names no workflow; PostgreSQL would call it an error. */
export function checkedId(workflowId: string): string {
  if (!UUID.test(workflowId)) throw workflowUnknown({ workflowId });
  return workflowId.toLowerCase();
}

export function present<T>(found: T | undefined, workflowId: string): T {
  if (found === undefined) throw workflowUnknown({ workflowId });
  return found;
}
