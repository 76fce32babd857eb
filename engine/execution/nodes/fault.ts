import type { StepError } from '../interpreter/port.ts';
import type { Resolved } from '../sandbox/port.ts';

export interface FaultDetails {
  readonly name?: string;
  readonly description?: string | undefined;
  readonly retryable?: boolean;
  /** The item that it happened at, and whatever else helps. */
  readonly context?: Readonly<Record<string, unknown>> | undefined;
}

/** A failure that the workflow's author can understand and act on. What is not one is a bug of the node library. */
export class NodeFault extends Error {
  readonly details: FaultDetails;

  constructor(message: string, details: FaultDetails = {}) {
    super(message);
    this.name = details.name ?? 'NodeOperationError';
    this.details = details;
  }

  toStepError(): StepError {
    const { description, retryable = false, context } = this.details;
    return { message: this.message, name: this.name, retryable, ...(description !== undefined && { description }), ...(context && { context }) };
  }
}

/** What went wrong in the sandbox, as the node's own failure. */
export function faultFrom({ message, name, description, context }: Extract<Resolved, { ok: false }>['error']): NodeFault {
  return new NodeFault(message, { name, description, ...(context !== undefined && { context: context as Record<string, unknown> }) });
}
