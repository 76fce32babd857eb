/**
 * Definitions in memory. Versions never change, so an entry is never stale and never invalidated; whether a
 * workflow is active, and which version is current, is asked of the database each time.
 */
import { LRUCache } from 'lru-cache';
import type { WorkflowDefinition } from './port.ts';

/** Characters of JSON kept; a workflow of average size has 15,000. */
const MOST_CHARACTERS = 48_000_000;

export interface LoadedVersions {
  get(tenantId: string, workflowId: string, version: number): WorkflowDefinition | undefined;
  keep(entry: { tenantId: string; workflowId: string; version: number }, definition: WorkflowDefinition): WorkflowDefinition;
  /** The highest version of the workflow that was kept, a guess at the current one. */
  latest(tenantId: string, workflowId: string): number | undefined;
}

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const child of Object.values(value)) frozen(child);
  return value;
}

const withoutPrototype = <T>(map: Readonly<Record<string, T>>): Record<string, T> => Object.assign(Object.create(null), map);

/** As the import made it: maps keyed by node name without a prototype, all of it read-only for every run that shares it. */
function shared(definition: WorkflowDefinition): WorkflowDefinition {
  const connections = withoutPrototype(definition.connections);
  for (const [name, types] of Object.entries(connections)) connections[name] = withoutPrototype(types);
  return frozen({ ...definition, connections, pinData: withoutPrototype(definition.pinData) });
}

export function createLoadedVersions(): LoadedVersions {
  const definitions = new LRUCache<string, WorkflowDefinition>({ maxSize: MOST_CHARACTERS, sizeCalculation: (definition) => JSON.stringify(definition).length });
  const latest = new LRUCache<string, number>({ max: 10_000 });
  const key = (tenantId: string, workflowId: string) => `${tenantId}:${workflowId}`;
  return {
    get: (tenantId, workflowId, version) => definitions.get(`${key(tenantId, workflowId)}:${version}`),
    keep: ({ tenantId, workflowId, version }, definition) => {
      const entry = shared(definition);
      const workflow = key(tenantId, workflowId);
      definitions.set(`${workflow}:${version}`, entry);
      latest.set(workflow, Math.max(version, latest.get(workflow) ?? 0));
      return entry;
    },
    latest: (tenantId, workflowId) => latest.get(key(tenantId, workflowId)),
  };
}
