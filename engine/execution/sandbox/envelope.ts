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
  const nodes = new Map<string, NodeEntry>();
  const answers = new Map<string, unknown>();
  const add = (text: string) => lists.push(text) - 1;
  let complete = false;
  const input = inputText(scope, job);
  let inputPosition = input === undefined ? undefined : add(input);

  const addNode = (name: string): NodeEntry => {
    const entry = nodes.get(name) ?? nodeEntry(name, scope, add);
    nodes.set(name, entry);
    return entry;
  };
  for (const name of job.reads.nodes) {
    const entry = addNode(name);
    if (job.reads.pairing) entry.pairs = add(JSON.stringify(pairingsTo(name, scope, job.itemIndexes)));
  }
  const addEveryPair = (name: string) => {
    const everyIndex = (scope.inputs[scope.expressionInput] ?? []).map((_, index) => index);
    Object.assign(addNode(name), { pairs: add(JSON.stringify(pairingsTo(name, scope, everyIndex))), everyPair: true });
  };

  const own = scope.nodes.find(({ name }) => name === scope.node.name);
  const parameters = add(JSON.stringify(own?.parameters ?? {}));
  const staticData = add(JSON.stringify(scope.staticData));

  const sendInput = () => {
    inputPosition = add(JSON.stringify(scope.inputs[scope.expressionInput] ?? []));
  };
  const answerOne = (need: Need) => {
    const [kind, first = '', second = ''] = need;
    if (kind === 'hash' && HASHES.has(first)) answers.set(JSON.stringify(need), createHash(first).update(second).digest('hex'));
    else if (kind === 'template') answers.set(JSON.stringify(need), laterTemplate(first, compilation));
    else if (kind === 'pairs') addEveryPair(first);
    else if (kind === 'input') sendInput();
    else if (kind === 'node' && !complete) {
      complete = true;
      for (const { name } of scope.nodes) addNode(name);
    }
  };

  return {
    answer: (needs) => needs.forEach(answerOne),
    texts: () => [
      JSON.stringify({
        ...job.facts, itemIndexes: job.itemIndexes, complete, parameters, staticData, input: inputPosition, nodes: [...nodes.values()], answers: [...answers],
        workflow: scope.workflow, execution: scope.execution, node: scope.node, runIndex: scope.runIndex, now: scope.now,
        timezone: scope.timezone, source: scope.source[scope.expressionInput] ?? null,
      }),
      ...lists,
    ],
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
