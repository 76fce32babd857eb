/** What a member of the node library is, and what it is given when it runs. */
import type { Clock, Logger } from '../../kernel/index.ts';
import type { WorkflowNode } from '../../workflows/index.ts';
import type { StepEnvironment } from '../interpreter/port.ts';
import type { NodeShape } from '../interpreter/shape.ts';
import type { Item, Sandbox, Scope } from '../sandbox/port.ts';
import type { Values } from './values.ts';
import type { Parameter } from './parameters.ts';

/** `effect` reaches outside and gets an intent in the log first; `wait` sleeps; `pure` may be computed again. */
export type NodeKind = 'pure' | 'effect' | 'wait';

export interface NodeType {
  /** Full names, such as `n8n-nodes-base.set`. */
  readonly types: readonly string[];
  readonly versions: readonly number[];
  readonly kind: NodeKind;
  readonly parameters: readonly Parameter[];
  /** Whether parameters are resolved for each input item or, as n8n does for nodes that work on the whole list, for the first alone. */
  readonly resolves: 'each' | 'first';
  /** One input and one output unless told otherwise. */
  readonly shape?: (parameters: Values) => Partial<NodeShape>;
  execute(call: NodeCall): Promise<NodeResult> | NodeResult;
}

/** One list an output, null for "succeeded, the branch ends"; or the same with what the node remembers. */
export type NodeResult = readonly (readonly Item[])[] | null | NodeMemory;

export interface NodeMemory {
  readonly outputs: readonly (readonly Item[])[] | null;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly staticData?: Readonly<Record<string, unknown>>;
}

export interface NodeCall {
  readonly node: WorkflowNode;
  readonly runIndex: number;
  readonly inputs: readonly (readonly Item[])[];
  /** The input that expressions read: the first with items. */
  readonly items: readonly Item[];
  /** Parameters with defaults, resolved for one item; throws NodeFault when one of their expressions failed. */
  at(item: number): Values;
  /** Whether a failing item becomes an item that carries its error (onError is one of the continue modes). */
  readonly continues: boolean;
  readonly scope: Scope;
  readonly environment: StepEnvironment;
  readonly services: NodeServices;
}

export interface NodeServices {
  readonly sandbox: Sandbox;
  readonly http: { readonly allowPrivateAddresses: boolean };
  readonly clock: Clock;
  readonly log: Logger;
}

/** Runs `one` for each input item; with `continues`, a failing item is answered by an item that carries the error. */
export async function eachItem(call: NodeCall, one: (item: Item, index: number, parameters: Values) => Promise<readonly Item[]> | readonly Item[]): Promise<Item[]> {
  const results: Item[] = [];
  for (const [index, item] of call.items.entries()) {
    try {
      results.push(...(await one(item, index, call.at(index))));
    } catch (error) {
      if (!call.continues || !(error instanceof Error)) throw error;
      results.push({ json: { error: error.message }, pairedItem: { item: index } });
    }
  }
  return results;
}

/** A result item that keeps the binaries of the item it was made from and points back at it. */
export function derived(item: Item, index: number, json: Record<string, unknown>): Item {
  return { json, ...(item.binary && { binary: item.binary }), pairedItem: { item: index } };
}
