/**
 * The seam between the run loop, which makes things durable, and the n8n semantics, which decide what runs
 * next. The interpreter is pure: no clock, no I/O, no randomness. The same definition, the same start and the
 * same settled outcomes in the same order give the same state, so a crashed run is rebuilt by settling its
 * recorded outcomes again.
 */
import type { WorkflowDefinition, WorkflowNode } from '../../workflows/index.ts';
import type { Item, NodeRun, SourceLink } from '../sandbox/port.ts';

/** One node that is to run now. */
export interface Work {
  readonly node: WorkflowNode;
  /** 0 for the node's first run in this execution; grows in loops and fan-in. */
  readonly runIndex: number;
  /** Global order of node runs in the execution, from 0 without gaps. */
  readonly executionIndex: number;
  /** By main input, with pairedItem already reset to {item, input}; executeOnce already applied. */
  readonly inputs: readonly (readonly Item[])[];
  readonly source: readonly (SourceLink | null)[];
}

export interface StepError {
  readonly message: string;
  readonly name: string;
  readonly description?: string | undefined;
  /** Stable code of the catalogue where the error has one. */
  readonly code?: string | undefined;
  /** Whether running the node again may help; wrong parameters never do. */
  readonly retryable: boolean;
  readonly context?: unknown;
}

/** What running a node gave: this, as JSON, is what the log keeps and what replay settles again. */
export type StepOutcome =
  | {
      readonly kind: 'outputs';
      /** One list an output; null means "succeeded, this branch ends". */
      readonly outputs: readonly (readonly Item[] | null)[] | null;
      /** Loop nodes' memory, readable as $('Loop').context. */
      readonly context?: Readonly<Record<string, unknown>>;
      readonly staticData?: Readonly<Record<string, unknown>>;
      /** Set by `complete`: the outputs are as they go on from the node. */
      readonly complete?: true;
    }
  | { readonly kind: 'failed'; readonly error: StepError };

export interface Interpreter {
  /** The next node to run, or undefined when nothing is left. Disabled and empty-input nodes are passed through inside, unseen. */
  next(): Work | undefined;
  /**
   * The outcome with its outputs as they will go on: errors routed, paired items repaired, the item of
   * alwaysOutputData added. What people are shown of a step; changes nothing, and `settle` takes either form.
   */
  complete(work: Work, outcome: StepOutcome): StepOutcome;
  /**
   * Takes the outcome of the work that `next` gave last: repairs paired items, applies onError and
   * alwaysOutputData, enqueues targets. Returns the run as recorded, and whether the execution goes on.
   */
  settle(work: Work, outcome: StepOutcome): { readonly run: NodeRun; readonly goesOn: boolean };
  readonly runData: Readonly<Record<string, readonly NodeRun[]>>;
  readonly contexts: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly lastNodeExecuted: string | undefined;
  /** Every recorded run in order, those of disabled and pinned nodes included. */
  readonly trail: readonly { readonly node: string; readonly runIndex: number }[];
  /** Workflow static data as the last Code node left it. */
  readonly staticData: Readonly<Record<string, unknown>>;
  /** Set when a node failed with onError stopWorkflow, or when `next` gave up on an endless loop. */
  readonly error: (StepError & { readonly node: string }) | undefined;
  /** Items of the last node's output 0 runs: the execution's final output (documents' conflict X38). */
  output(): readonly Item[];
}

export interface InterpreterStart {
  readonly definition: WorkflowDefinition;
  /** The start node by name; undefined lets n8n's rule choose, throws NO_START_NODE (422) when there is none. */
  readonly startNode?: string | undefined;
  /** Items handed to the start node. */
  readonly input: readonly Item[];
  /** In `test` (manual) runs pinned nodes are not executed: their pinned items are their output. */
  readonly mode: 'test' | 'production';
}

/** What a node is told when it runs; `registry.execute` builds its parameters from this. */
export interface StepEnvironment {
  readonly executionId: string;
  readonly workflow: { id: string; name: string; active: boolean };
  readonly definition: WorkflowDefinition;
  readonly mode: 'test' | 'production';
  readonly runData: Readonly<Record<string, readonly NodeRun[]>>;
  readonly contexts: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly staticData: Readonly<Record<string, unknown>>;
  /** Milliseconds since the epoch, recorded with the step so that a recomputation sees the same time. */
  readonly now: number;
  readonly timezone: string;
  /** Stable for this step and attempt series: sent as Idempotency-Key by effect nodes. */
  readonly idempotencyKey: string;
  readonly signal: AbortSignal;
}

/** The documents' TaskRegistry: what can be run, validated and executed. */
export interface TaskRegistry {
  /** How a node must be made durable; throws NODE_UNSUPPORTED (422) with the type's name and what would satisfy it. */
  kindOf(node: WorkflowNode): 'pure' | 'effect' | 'wait';
  /** Checks node type, version and parameters (defaults filled in, expressions resolved for each item) before any logic runs; throws STEP_INPUT_INVALID (422) naming parameter, found and expected. */
  validate(work: Work, environment: StepEnvironment): Promise<void>;
  /** Runs the node's logic. Expected failures come back as `failed`; a rejection is a bug. */
  execute(work: Work, environment: StepEnvironment): Promise<StepOutcome>;
  close(): Promise<void>;
}
