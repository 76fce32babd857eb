import type { Principal, Service, Tenant } from '../kernel/index.ts';

/** An n8n node after import: every optional field of the file has its documented default. */
export interface WorkflowNode {
  readonly id: string;
  /** Unique; the key of connections, pinned data and expressions. */
  readonly name: string;
  readonly type: string;
  readonly typeVersion: number;
  /** Decides the order of branches (execution order v1). */
  readonly position: readonly [number, number];
  /** As stored: only what differs from the defaults. The node library fills in the rest. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly disabled: boolean;
  readonly executeOnce: boolean;
  readonly alwaysOutputData: boolean;
  readonly retryOnFail: boolean;
  /** Clamped to 2..5. */
  readonly maxTries: number;
  /** Clamped to 0..5000; an explicit 0 means 1000, as in n8n. */
  readonly waitBetweenTriesMs: number;
  readonly onError: 'stopWorkflow' | 'continueRegularOutput' | 'continueErrorOutput';
  readonly credentials: Readonly<Record<string, { id?: string; name?: string }>>;
  readonly webhookId: string | undefined;
}

export interface Connection {
  readonly node: string;
  readonly type: string;
  readonly index: number;
}

/** connections[source][type][outputIndex] = targets; a null slot of the file is an empty list here. */
export type Connections = Readonly<Record<string, Readonly<Record<string, readonly (readonly Connection[])[]>>>>;

export interface WorkflowDefinition {
  readonly name: string;
  readonly nodes: readonly WorkflowNode[];
  readonly connections: Connections;
  readonly settings: {
    readonly executionOrder: 'v0' | 'v1';
    readonly timezone: string | undefined;
    readonly errorWorkflow: string | undefined;
    /** Milliseconds; undefined means the platform's limit. */
    readonly executionTimeoutMs: number | undefined;
  };
  readonly pinData: Readonly<Record<string, readonly unknown[]>>;
  readonly staticData: Readonly<Record<string, unknown>>;
}

/** One immutable version of a tenant's workflow. */
export interface WorkflowVersion {
  readonly id: string;
  readonly version: number;
  readonly active: boolean;
  readonly createdBy: string;
  readonly definition: WorkflowDefinition;
}

export interface Workflows extends Service {
  /** Throws WORKFLOW_UNKNOWN (404), also for another tenant's id. */
  load(tenant: Tenant, workflowId: string, version?: number): Promise<WorkflowVersion>;
  create(tenant: Tenant, principal: Principal, name: string, n8n: unknown): Promise<WorkflowVersion>;
}
