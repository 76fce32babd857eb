/** The `connections` of an n8n document: keyed by the source's name, then by type, then by output index. */
import { LIMITS } from './bounds.ts';
import type { Connection, Connections } from './port.ts';
import { isFields, numberOf, type Fields, type Findings } from './reading.ts';

export interface ReadConnections {
  readonly connections: Connections;
  /** Names that connections come from or lead to and that no node bears; such connections are left out. */
  readonly unknownNames: readonly string[];
}

interface Reading {
  readonly names: ReadonlySet<string>;
  readonly unknown: Set<string>;
  readonly findings: Findings;
  count: number;
}

function readIndex(value: unknown, path: string, findings: Findings): number {
  if (value === undefined || value === null) return 0;
  const index = numberOf(value);
  if (index !== undefined && Number.isInteger(index) && index >= 0 && index < LIMITS.slots) return index;
  findings.wrong(path, value, `a whole number from 0 to ${LIMITS.slots - 1}`);
  return 0;
}

function readConnection(value: unknown, path: string, reading: Reading): Connection[] {
  if (value === null) return [];
  if (!isFields(value) || typeof value['node'] !== 'string') {
    reading.findings.wrong(path, value, 'an object {node, type, index} with the name of the target node');
    return [];
  }
  reading.count += 1;
  const { node, type, index } = value;
  if (!reading.names.has(node)) {
    reading.unknown.add(node);
    return [];
  }
  return [{ node, type: typeof type === 'string' ? type : 'main', index: readIndex(index, `${path}.index`, reading.findings) }];
}

/** One list an output; a null slot keeps its place as an empty list. */
function readSlots(value: unknown, path: string, reading: Reading): Connection[][] {
  if (value === null) return [];
  if (!Array.isArray(value) || value.length > LIMITS.slots) {
    reading.findings.wrong(path, value, `a list of at most ${LIMITS.slots} outputs`);
    return [];
  }
  return value.map((slot, output) => {
    if (slot === null || slot === undefined) return [];
    if (Array.isArray(slot)) return slot.flatMap((entry, place) => readConnection(entry, `${path}[${output}][${place}]`, reading));
    reading.findings.wrong(`${path}[${output}]`, slot, 'a list of connections, or null');
    return [];
  });
}

function readSource(types: Fields, path: string, reading: Reading) {
  const slots: Record<string, Connection[][]> = Object.create(null);
  for (const [type, value] of Object.entries(types)) slots[type] = readSlots(value, `${path}.${type}`, reading);
  return slots;
}

/** The maps have no prototype: a node may be called `constructor`. */
export function readConnections(source: Fields, names: ReadonlySet<string>, findings: Findings): ReadConnections {
  const reading: Reading = { names, unknown: new Set(), findings, count: 0 };
  const connections: Record<string, Record<string, Connection[][]>> = Object.create(null);
  for (const [name, types] of Object.entries(source)) {
    const path = `n8n_data.connections[${JSON.stringify(name)}]`;
    if (types === null) continue;
    if (!isFields(types)) findings.wrong(path, types, 'an object with a list for each connection type, such as main');
    else if (names.has(name)) connections[name] = readSource(types, path, reading);
    else reading.unknown.add(name);
    if (reading.count > LIMITS.connections) {
      findings.wrong('n8n_data.connections', source, `at most ${LIMITS.connections} connections`);
      break;
    }
  }
  return { connections, unknownNames: [...reading.unknown] };
}
