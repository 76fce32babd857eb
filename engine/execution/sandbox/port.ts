/**
 * The border between the node library and the place where users' JavaScript runs. Everything crosses it as
 * JSON, once a node: all items and all parameters together.
 */
export interface Item {
  json: Record<string, unknown>;
  binary?: Record<string, BinaryValue>;
  pairedItem?: number | PairedItem | (number | PairedItem)[];
  error?: { message: string; name?: string; description?: string | null; context?: unknown };
}

export interface BinaryValue {
  /** Base64. */
  data: string;
  mimeType: string;
  fileName?: string;
  fileExtension?: string;
  fileSize?: string;
}

export interface PairedItem {
  item: number;
  input?: number;
  /** Where the item was counted, when that is not the source of the run that gives it out: loops hand out items of an earlier run. */
  sourceOverwrite?: SourceLink;
}

/** One finished run of a node, as expressions see it (n8n.md section 2). */
export interface NodeRun {
  /** One list an output; null where the branch ended. */
  readonly outputs: readonly (readonly Item[] | null)[];
  readonly source: readonly (SourceLink | null)[];
  readonly error?: { message: string };
}

export interface SourceLink {
  readonly previousNode: string;
  readonly previousNodeOutput: number;
  readonly previousNodeRun: number;
}

/** What `$json`, `$('Node')`, `$input`, `$now` and the rest are built from for one run of one node. */
export interface Scope {
  readonly workflow: { id: string; name: string; active: boolean };
  readonly execution: { id: string; mode: 'test' | 'production' };
  readonly node: { name: string; type: string; typeVersion: number; id: string };
  /** All nodes with their parameters (defaults filled in), for $('X').params and paths back to X. */
  readonly nodes: readonly { name: string; type: string; typeVersion: number; parameters: Readonly<Record<string, unknown>>; disabled: boolean }[];
  readonly connections: Readonly<Record<string, Readonly<Record<string, readonly (readonly { node: string; type: string; index: number }[])[]>>>>;
  readonly runData: Readonly<Record<string, readonly NodeRun[]>>;
  /** Items by main input. */
  readonly inputs: readonly (readonly Item[])[];
  readonly source: readonly (SourceLink | null)[];
  readonly runIndex: number;
  /** Milliseconds since the epoch, for $now and $today: recorded, so a recomputation sees the same. */
  readonly now: number;
  /** IANA; n8n's default where nothing is set is America/New_York. */
  readonly timezone: string;
  /** Node contexts: loop nodes keep `noItemsLeft` and `currentRunIndex` here. */
  readonly contexts: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly staticData: Record<string, unknown>;
  /** Which input `$json` reads: the first with items in v1, input 0 in v0. */
  readonly expressionInput: number;
}

/** A value or the error of an expression; errors are kept apart so that one bad item does not fail the others. */
export type Resolved = { ok: true; value: unknown } | { ok: false; error: { message: string; name: string; description?: string; context?: unknown } };

export interface Sandbox {
  /** Resolves a tree of parameters (strings that start with `=` are expressions) for each item index given; one crossing. */
  resolve(parameters: unknown, scope: Scope, itemIndexes: readonly number[]): Promise<Resolved[]>;
  /**
   * Runs a Code node. `allItems` returns whatever the code returned; `eachItem` one value an item. The caller
   * normalises. Console output is returned, never printed. Static data comes back changed.
   */
  runCode(code: { source: string; mode: 'allItems' | 'eachItem'; scope: Scope; itemIndexes: readonly number[] }): Promise<{
    results: Resolved[];
    console: readonly string[];
    staticData: Record<string, unknown>;
  }>;
  /** Frees the isolates. */
  close(): Promise<void>;
}
