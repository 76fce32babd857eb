import type { WorkflowNode } from '../../workflows/index.ts';

/** What scheduling must know of a node's type; the node library answers it. */
export interface NodeShape {
  readonly inputs: number;
  /** Regular outputs: the extra one of onError `continueErrorOutput` is not counted. */
  readonly outputs: number;
  /** Execution order v1 only: how many inputs, or which, must have been reached before a node that waited may run. */
  readonly requiredInputs?: number | readonly number[] | undefined;
}

export type ShapeOf = (node: WorkflowNode) => NodeShape;
