/**
 * n8n's workflow JSON to the definition that runs.
 *
 * I1. Reads what the format's real users wrote, not what its manual says: 2 of 3 public workflows lack
 *     something. What is absent gets n8n's own default and is listed in the report.
 * I2. What cannot be understood is refused with all its places at once; nothing is guessed at.
 * I3. Pure and bounded: the same document gives the same definition, whatever its size (see bounds.ts).
 *
 * Does not know which node types can be executed: `describeNode` is injected.
 */
import { brokenLimit } from './bounds.ts';
import { workflowInvalid, type Issue } from './errors.ts';
import { readConnections } from './import-connections.ts';
import { readNodes, STICKY_NOTE, type ReadNode } from './import-nodes.ts';
import type { WorkflowDefinition } from './port.ts';
import { createFindings, describeValue, isFields, numberOf, type Fields, type Findings } from './reading.ts';

export type Verdict = 'understood' | 'defaulted' | 'unsupported' | 'ignored';

/** What the library of nodes says of a type; undefined means that it has no opinion. */
export type DescribeNode = (type: string, typeVersion: number) => 'understood' | 'unsupported' | undefined;

export interface NodeReport {
  readonly node: string;
  readonly type: string;
  readonly type_version: number;
  /** `ignored` nodes, such as sticky notes, have no part in a run. */
  readonly verdict: Verdict;
  /** Fields that were absent and took their default. */
  readonly defaulted: readonly string[];
}

export interface Warning {
  readonly code: 'DUPLICATE_NAME' | 'UNKNOWN_CONNECTION' | 'UNREACHABLE_NODE' | 'NO_START_NODE' | 'UNSUPPORTED_NODE' | 'UNKNOWN_PINNED_NODE';
  readonly message: string;
  readonly nodes: readonly string[];
}

export interface Imported {
  readonly definition: WorkflowDefinition;
  readonly report: readonly NodeReport[];
  readonly warnings: readonly Warning[];
}

/** What keeps a value from being an n8n document at all; undefined when nothing does. */
export function formatFault(value: unknown): Omit<Issue, 'path'> | undefined {
  const document = unwrapped(value);
  const expected = 'an n8n workflow: an object with a list of nodes and an object of connections';
  if (!isFields(document)) return { found: describeValue(document), expected };
  const keys = Object.keys(document);
  // Seen in the wild: exports that went through a text tool line by line.
  if (keys.some((key) => key.startsWith('"') && key.endsWith('"'))) return { found: 'an object whose keys carry quotation marks of their own', expected: 'an undamaged export' };
  const missing = ['nodes', 'connections'].filter((field) => document[field] === undefined || document[field] === null);
  if (missing.length > 0) return { found: `an object without ${missing.join(' and ')}`, expected };
  if (!Array.isArray(document['nodes'])) return { found: `an object whose nodes are ${describeValue(document['nodes'])}`, expected };
  const { connections } = document;
  return isFields(connections) || isEmptyList(connections) ? undefined : { found: `an object whose connections are ${describeValue(connections)}`, expected };
}

/** Exporters written in PHP turn an empty object into an empty list. */
const isEmptyList = (value: unknown) => Array.isArray(value) && value.length === 0;
/** n8n's command line exports a list even of one workflow. */
const unwrapped = (value: unknown) => (Array.isArray(value) && value.length === 1 ? value[0] : value);

/** On duplicate names the later node takes the place of the earlier one in n8n's map of nodes. */
function byName(nodes: readonly ReadNode[]) {
  const kept = new Map<string, ReadNode>();
  const duplicates = new Set<string>();
  for (const read of nodes) {
    if (kept.has(read.node.name)) duplicates.add(read.node.name);
    kept.set(read.node.name, read);
  }
  return { kept, duplicates: [...duplicates] };
}

function readTimezone(value: unknown, findings: Findings): string | undefined {
  if (value === undefined || value === null || value === '' || value === 'DEFAULT') return undefined;
  try {
    if (typeof value === 'string') return new Intl.DateTimeFormat('en', { timeZone: value }) && value;
  } catch {
    // Falls through: an unknown zone is reported as any other wrong value.
  }
  findings.wrong('n8n_data.settings.timezone', value, 'an IANA time zone such as Europe/Berlin, or DEFAULT');
  return undefined;
}

function readSettings(source: unknown, findings: Findings): WorkflowDefinition['settings'] {
  if (source !== undefined && source !== null && !isFields(source) && !isEmptyList(source)) findings.wrong('n8n_data.settings', source, 'an object');
  const settings = isFields(source) ? source : {};
  const seconds = numberOf(settings['executionTimeout']) ?? 0;
  const errorWorkflow = settings['errorWorkflow'];
  return {
    // Anything but v1, absent included, is the order of the first releases.
    executionOrder: settings['executionOrder'] === 'v1' ? 'v1' : 'v0',
    timezone: readTimezone(settings['timezone'], findings),
    errorWorkflow: typeof errorWorkflow === 'string' && errorWorkflow !== '' && errorWorkflow !== 'DEFAULT' ? errorWorkflow : undefined,
    // n8n counts in seconds and writes -1 for "none".
    executionTimeoutMs: seconds > 0 ? seconds * 1_000 : undefined,
  };
}

const wrappedItem = (item: Fields) => (isFields(item['json']) ? item : { json: item });

function readPinned(items: unknown, path: string, findings: Findings): unknown[] {
  if (!Array.isArray(items)) {
    findings.wrong(path, items, 'a list of items');
    return [];
  }
  return items.flatMap((item, index) => {
    if (isFields(item)) return [wrappedItem(item)];
    findings.wrong(`${path}[${index}]`, item, 'an item: an object, with or without its json wrapper');
    return [];
  });
}

function readPinData(source: unknown, names: ReadonlySet<string>, findings: Findings) {
  const pinData: Record<string, unknown[]> = Object.create(null);
  const unknownNames: string[] = [];
  if (source !== undefined && source !== null && !isFields(source) && !isEmptyList(source)) findings.wrong('n8n_data.pinData', source, 'an object');
  for (const [name, items] of isFields(source) ? Object.entries(source) : []) {
    if (items === null) continue;
    if (names.has(name)) pinData[name] = readPinned(items, `n8n_data.pinData[${JSON.stringify(name)}]`, findings);
    else unknownNames.push(name);
  }
  return { pinData, unknownNames };
}

/** Databases of old releases hold it as JSON text. */
function readStaticData(source: unknown, findings: Findings): Fields {
  if (source === undefined || source === null || source === '' || isEmptyList(source)) return {};
  if (isFields(source)) return source;
  try {
    const parsed: unknown = typeof source === 'string' ? JSON.parse(source) : undefined;
    if (isFields(parsed) && !brokenLimit(parsed, 'n8n_data.staticData')) return parsed;
  } catch {
    // Falls through: text that is not JSON is reported as any other wrong value.
  }
  findings.wrong('n8n_data.staticData', source, 'an object');
  return {};
}

function reportOf({ node, defaulted }: ReadNode, describeNode: DescribeNode | undefined): NodeReport {
  const facts = { node: node.name, type: node.type, type_version: node.typeVersion, defaulted };
  if (node.type === STICKY_NOTE) return { ...facts, verdict: 'ignored' };
  if (describeNode?.(node.type, node.typeVersion) === 'unsupported') return { ...facts, verdict: 'unsupported' };
  return { ...facts, verdict: defaulted.length > 0 ? 'defaulted' : 'understood' };
}

const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ');

function warn(code: Warning['code'], nodes: readonly string[], message: (names: string) => string): Warning[] {
  return nodes.length > 0 ? [{ code, nodes, message: message(quoted(nodes)) }] : [];
}

function refuse(source: unknown): void {
  const fault = formatFault(source);
  if (fault) throw workflowInvalid({ issues: [{ path: 'n8n_data', ...fault }] });
  const limit = brokenLimit(source, 'n8n_data');
  if (limit) throw workflowInvalid({ issues: [limit] });
}

/** The document's parts, each with what is odd about it. */
function readParts(document: Fields, findings: Findings) {
  const { kept, duplicates } = byName(readNodes(document['nodes'] as unknown[], findings));
  const reads = [...kept.values()];
  const nodes = reads.map(({ node }) => node).filter(({ type }) => type !== STICKY_NOTE);
  const names = new Set(nodes.map(({ name }) => name));
  const connected = readConnections(isFields(document['connections']) ? document['connections'] : {}, names, findings);
  const pinned = readPinData(document['pinData'], names, findings);
  const settings = readSettings(document['settings'], findings);
  const staticData = readStaticData(document['staticData'], findings);
  return { reads, duplicates, nodes, connected, pinned, settings, staticData };
}

/**
 * Throws WORKFLOW_INVALID (422) with every issue as {path, found, expected}; `name` is the workflow's name,
 * whatever the document calls itself.
 */
export function importWorkflow(source: unknown, name: string, describeNode?: DescribeNode): Imported {
  refuse(source);
  const findings = createFindings();
  const { reads, duplicates, nodes, connected, pinned, settings, staticData } = readParts(unwrapped(source) as Fields, findings);
  if (findings.issues.length > 0) throw workflowInvalid({ issues: findings.issues });

  const report = reads.map((read) => reportOf(read, describeNode));
  const unsupported = report.filter(({ verdict }) => verdict === 'unsupported').map(({ node }) => node);
  return {
    definition: { name, nodes, connections: connected.connections, settings, pinData: pinned.pinData, staticData },
    report,
    warnings: [
      ...warn('DUPLICATE_NAME', duplicates, (list) => `Several nodes are called ${list}; of each name only the last one counts.`),
      ...warn('UNKNOWN_CONNECTION', connected.unknownNames, (list) => `Connections name ${list}, which no node is called; they were left out. Connections go by node name, not by id.`),
      ...warn('UNKNOWN_PINNED_NODE', pinned.unknownNames, (list) => `Data is pinned to ${list}, which no node is called; it was left out.`),
      ...warn('UNSUPPORTED_NODE', unsupported, (list) => `The nodes ${list} are of types that this engine cannot execute; a run that reaches one fails there.`),
    ],
  };
}
