/** The `nodes` list of an n8n document, with every optional field given its documented meaning. */
import { createHash } from 'node:crypto';
import { LIMITS } from './bounds.ts';
import type { WorkflowNode } from './port.ts';
import { createReader, isFields, numberOf, type Fields, type Findings, type Reader } from './reading.ts';

export interface ReadNode {
  readonly node: WorkflowNode;
  /** Fields that the file left out and that have a default which matters. */
  readonly defaulted: readonly string[];
}

export const STICKY_NOTE = 'n8n-nodes-base.stickyNote';
const ON_ERROR = ['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'] as const;

/** n8n's rule: absent and 0 mean the default, the rest is clamped. */
const clamped = (value: number, fallback: number, [least, most]: readonly [number, number]) => Math.min(Math.max(value || fallback, least), most);

/** The same file gives the same id each time: ids of nodes are compared between versions. */
function derivedId(name: string, index: number): string {
  const hex = createHash('sha256').update(`${index}:${name}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function readPosition(source: Fields, path: string, findings: Findings): readonly [number, number] {
  const { position } = source;
  if (position === undefined || position === null) return [0, 0];
  const [x, y] = Array.isArray(position) && position.length === 2 ? position.map(numberOf) : [];
  if (x === undefined || y === undefined) findings.wrong(`${path}.position`, position, 'two numbers, [x, y]');
  return [x ?? 0, y ?? 0];
}

/** `continueOnFail: true` is the form before `onError`; where both stand, `onError` counts. */
function readOnError(source: Fields, path: string, findings: Findings): WorkflowNode['onError'] {
  const { onError, continueOnFail } = source;
  if (onError === undefined || onError === null) return continueOnFail === true ? 'continueRegularOutput' : 'stopWorkflow';
  const known = ON_ERROR.find((value) => value === onError);
  if (!known) findings.wrong(`${path}.onError`, onError, `one of ${ON_ERROR.join(', ')}`);
  return known ?? 'stopWorkflow';
}

/** The oldest exports hold a credential's name alone instead of {id, name}. */
function readCredentials(credentials: Fields): WorkflowNode['credentials'] {
  const reference = (value: unknown) => {
    if (typeof value === 'string') return { name: value };
    const { id, name } = isFields(value) ? value : {};
    return { ...(typeof id === 'string' || typeof id === 'number' ? { id: String(id) } : {}), ...(typeof name === 'string' ? { name } : {}) };
  };
  return Object.fromEntries(Object.entries(credentials).map(([type, value]) => [type, reference(value)]));
}

/** A node without a name cannot be connected, but it may be the only node: it is called after its type and place. */
function readName(reader: Reader, { type, index }: { type: string; index: number }, findings: Findings): string {
  const name = reader.text('name', '') || `${type.slice(type.lastIndexOf('.') + 1)} ${index + 1}`;
  if (name.length > LIMITS.nodeName) findings.wrong(`n8n_data.nodes[${index}].name`, name, `at most ${LIMITS.nodeName} characters`);
  return name;
}

function readType(source: Fields, path: string, findings: Findings): string {
  const { type } = source;
  if (typeof type === 'string' && type !== '' && type.length <= LIMITS.nodeType) return type;
  findings.wrong(`${path}.type`, type, 'a node type such as n8n-nodes-base.set');
  return '';
}

function readTypeVersion(reader: Reader, path: string, findings: Findings): number {
  const version = reader.number('typeVersion', 1);
  if (version <= 0) findings.wrong(`${path}.typeVersion`, version, 'a number above 0');
  return version;
}

function readNode(source: Fields, index: number, findings: Findings): ReadNode {
  const path = `n8n_data.nodes[${index}]`;
  const reader = createReader(source, path, findings);
  const type = readType(source, path, findings);
  const name = readName(reader, { type, index }, findings);
  const retryOnFail = reader.flag('retryOnFail');
  const node: WorkflowNode = {
    id: reader.text('id', derivedId(name, index)),
    name,
    type,
    typeVersion: readTypeVersion(reader, path, findings),
    position: readPosition(source, path, findings),
    parameters: reader.fields('parameters'),
    disabled: reader.flag('disabled'),
    executeOnce: reader.flag('executeOnce'),
    alwaysOutputData: reader.flag('alwaysOutputData'),
    retryOnFail,
    maxTries: clamped(source['maxTries'] === undefined ? 0 : reader.number('maxTries', 0), 3, [2, 5]),
    waitBetweenTriesMs: clamped(source['waitBetweenTries'] === undefined ? 0 : reader.number('waitBetweenTries', 0), 1_000, [0, 5_000]),
    onError: readOnError(source, path, findings),
    credentials: source['credentials'] === undefined ? {} : readCredentials(reader.fields('credentials')),
    webhookId: typeof source['webhookId'] === 'string' ? source['webhookId'] : undefined,
  };
  return { node, defaulted: reader.defaulted };
}

/** In file order. Duplicate names are still in; null entries of the list are skipped, as n8n does. */
export function readNodes(list: readonly unknown[], findings: Findings): ReadNode[] {
  if (list.length > LIMITS.nodes) {
    findings.wrong('n8n_data.nodes', list, `at most ${LIMITS.nodes} nodes`);
    return [];
  }
  return list.flatMap((source, index) => {
    if (source === null) return [];
    if (isFields(source)) return [readNode(source, index, findings)];
    findings.wrong(`n8n_data.nodes[${index}]`, source, 'an object');
    return [];
  });
}
