/**
 * What is sent along with a job: little at first, judged by what the code reads, and more when the inside asks.
 * Items travel as texts that are only parsed when read; the text of a recorded output is made once.
 */
import { createHash } from 'node:crypto';
import type { Compilation } from './compilation.ts';
import type { DataReads } from './data-reads.ts';
import { branchLeadingHere, pairingsTo } from './paired-items.ts';
import type { Scope } from './port.ts';

/** A question of the inside: its kind, then its facts. */
export type Need = readonly [kind: 'node' | 'pairs' | 'input' | 'hash' | 'template', ...facts: string[]];

export interface Envelope {
  /** Texts for `enter`: the envelope itself, then the lists it refers to by position. */
  texts(): string[];
  /** Adds what was asked for. */
  answer(needs: readonly Need[]): void;
}

interface NodeEntry {
  readonly name: string;
  readonly missing?: true;
  readonly branch: number;
  readonly runs: readonly (readonly (number | null)[])[];
  readonly parameters: number;
  readonly context: unknown;
  /** Pairings by input item; of the job's own items at first, of all with `everyPair`. */
  pairs?: number;
  everyPair?: true;
}

const INPUT_READERS = new Set(['$binary', '$input', '$items', '$item', '$thisItem', '$fromAI', '$fromAi', '$fromai', '$parameter', '$evaluateExpression', 'this', 'items', 'item']);
const JSON_READERS = new Set(['$json', '$data']);
const HASHES = new Set(['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'sha3-512', 'ripemd160']);

/** Outputs of recorded runs never change, so their text may be kept as long as they are. */
const textOfOutput = new WeakMap<object, string>();

export function createEnvelope(scope: Scope, job: { reads: DataReads; itemIndexes: readonly number[]; facts: object }, compilation: Compilation): Envelope {
  const lists: string[] = [];
  const add = (text: string) => lists.push(text) - 1;
  const nodes = nodeEntries(scope, job, add);
  const answers = new Map<string, unknown>();
  const own = scope.nodes.find(({ name }) => name === scope.node.name);
  const parameters = add(JSON.stringify(own?.parameters ?? {}));
  const staticData = add(JSON.stringify(scope.staticData));
  const little = inputText(scope, job);
  let input = little === undefined ? undefined : add(little);
  let complete = false;

  const answerOne = (need: Need) => {
    const [kind, first = '', second = ''] = need;
    if (kind === 'hash' && HASHES.has(first)) answers.set(JSON.stringify(need), createHash(first).update(second).digest('hex'));
    else if (kind === 'template') answers.set(JSON.stringify(need), laterTemplate(first, compilation));
    else if (kind === 'pairs') nodes.addEveryPair(first);
    else if (kind === 'input') input = add(JSON.stringify(scope.inputs[scope.expressionInput] ?? []));
    else if (kind === 'node' && !complete) {
      complete = true;
      for (const { name } of scope.nodes) nodes.add(name);
    }
  };
  const { workflow, execution, node, runIndex, now, timezone } = scope;
  const facts = { ...job.facts, itemIndexes: job.itemIndexes, workflow, execution, node, runIndex, now, timezone, parameters, staticData, source: scope.source[scope.expressionInput] ?? null };
  return {
    answer: (needs) => needs.forEach(answerOne),
    texts: () => [JSON.stringify({ ...facts, complete, input, nodes: nodes.list(), answers: [...answers] }), ...lists],
  };
}

/** The nodes whose data goes along, at first those that the code names. */
function nodeEntries(scope: Scope, { reads, itemIndexes }: { reads: DataReads; itemIndexes: readonly number[] }, addText: (text: string) => number) {
  const entries = new Map<string, NodeEntry>();
  const add = (name: string): NodeEntry => {
    const entry = entries.get(name) ?? nodeEntry(name, scope, addText);
    entries.set(name, entry);
    return entry;
  };
  const pairs = (name: string, indexes: readonly number[]) => addText(JSON.stringify(pairingsTo(name, scope, indexes)));
  for (const name of reads.nodes) {
    const entry = add(name);
    if (reads.pairing) entry.pairs = pairs(name, itemIndexes);
  }
  return {
    add,
    addEveryPair(name: string) {
      const everyIndex = (scope.inputs[scope.expressionInput] ?? []).map((_, index) => index);
      Object.assign(add(name), { pairs: pairs(name, everyIndex), everyPair: true });
    },
    list: () => [...entries.values()],
  };
}

/** The items of the input; where only their own JSON is looked at, without binaries and without the others. */
function inputText(scope: Scope, { reads, itemIndexes }: { reads: DataReads; itemIndexes: readonly number[] }): string | undefined {
  const items = scope.inputs[scope.expressionInput] ?? [];
  const names = [...reads.names];
  if (names.some((name) => INPUT_READERS.has(name))) return JSON.stringify(items);
  if (!names.some((name) => JSON_READERS.has(name))) return undefined;
  const wanted = new Set(itemIndexes);
  return JSON.stringify(items.map(({ json }, index) => (wanted.has(index) ? { json } : null)));
}

function nodeEntry(name: string, scope: Scope, add: (text: string) => number): NodeEntry {
  const definition = scope.nodes.find((node) => node.name === name);
  const runs = scope.runData[name] ?? [];
  const missing = definition === undefined && runs.length === 0;
  return {
    name,
    ...(missing ? { missing } : {}),
    branch: missing ? 0 : branchLeadingHere(name, scope),
    runs: runs.map(({ outputs }) => outputs.map((items) => (items === null ? null : add(outputText(items))))),
    parameters: add(JSON.stringify(definition?.parameters ?? {})),
    context: scope.contexts[name] ?? {},
  };
}

function outputText(items: object): string {
  let text = textOfOutput.get(items);
  if (text === undefined) {
    text = JSON.stringify(items);
    textOfOutput.set(items, text);
  }
  return text;
}

function laterTemplate(source: string, compilation: Compilation): object {
  const { parts, error } = compilation.template(source);
  return error === undefined ? { template: parts } : { error };
}
