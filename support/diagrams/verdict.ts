/** What a comparison can find. */
export const driftKinds = [
  'missing', 'missing-reply', 'extra', 'duplicate', 'reordered', 'wrong-participant', 'wrong-tenant', 'wrong-branch', 'wrong-loop-count', 'unpaired-reply',
] as const;
export type DriftKind = (typeof driftKinds)[number];

export interface Same {
  readonly verdict: 'same';
  /** Rounds of each loop, once for each time that it was reached. */
  readonly loops: readonly { readonly label: string; readonly rounds: readonly number[] }[];
  /** Labels of the branches that happened, in order. */
  readonly branches: readonly string[];
}

export interface Drift {
  readonly verdict: 'drift';
  readonly kind: DriftKind;
  /** Line in the diagram. */
  readonly at: number;
  /** One sentence for a reader who knows the diagram and not the engine. */
  readonly explanation: string;
  /** The diagram and the run in two columns, with a mark where they part. */
  readonly sideBySide: string;
}

export type Verdict = Same | Drift;
