/**
 * interpreter: n8n's scheduling semantics.
 *
 * Owns: the start node, branch order (v0, v1), inputs that wait for each other, loops, disabled and pinned nodes,
 * what an error does to the flow, and the links between items.
 * Does not know: what a node does, how a step is made durable, time, or the outside.
 */
import type { Interpreter, InterpreterStart } from './port.ts';
import { catalogue } from '../nodes/catalogue.ts';
import { createInterpreterWith } from './interpreter.ts';

/** The state of one execution before its first node; throws NO_START_NODE or START_NODE_UNKNOWN (422). */
export function createInterpreter(start: InterpreterStart): Interpreter {
  return createInterpreterWith(catalogue.shapeOf, start);
}

export { createInterpreterWith } from './interpreter.ts';
export type { NodeShape, ShapeOf } from './shape.ts';
export type * from './port.ts';
