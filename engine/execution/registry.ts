/**
 * The documents' TaskRegistry over the node library: what can be run, whether a step's input is valid, and the
 * running itself. Unaware of runs, logs and retries.
 */
import type { Clock, Logger } from '../kernel/index.ts';
import type { StepEnvironment, StepOutcome, TaskRegistry, Work } from './interpreter/port.ts';
import { catalogue as library, createCatalogue, nodeTypes } from './nodes/catalogue.ts';
import { checkResolved, checkStored } from './nodes/checks.ts';
import { NodeFault } from './nodes/fault.ts';
import type { NodeCall, NodeMemory, NodeResult, NodeServices, NodeType } from './nodes/node-type.ts';
import { prepareCall } from './nodes/resolution.ts';
import type { Sandbox } from './sandbox/port.ts';

export interface TaskRegistryParts {
  /** Closed with the registry. */
  readonly sandbox: Sandbox;
  readonly http: { readonly allowPrivateAddresses: boolean };
  readonly clock: Clock;
  readonly log: Logger;
  /** Node types beyond the library, such as adapters of other rooms; they come first. */
  readonly moreTypes?: readonly NodeType[];
}

/** For the report of an import: whether a node of that type and version can be run here. */
export const describeNode = (type: string, typeVersion: number): 'understood' | 'unsupported' =>
  library.find(type, typeVersion) ? 'understood' : 'unsupported';

export function createTaskRegistry({ sandbox, http, clock, log, moreTypes = [] }: TaskRegistryParts): TaskRegistry {
  const catalogue = moreTypes.length > 0 ? createCatalogue([...moreTypes, ...nodeTypes]) : library;
  const services: NodeServices = { sandbox, http, clock, log };
  // `validate` and `execute` are called with one environment an attempt: expressions are resolved once for both.
  const prepared = new WeakMap<StepEnvironment, Promise<NodeCall>>();

  function prepare(work: Work, environment: StepEnvironment): Promise<NodeCall> {
    const known = prepared.get(environment);
    if (known) return known;
    const call = prepareCall({ work, environment }, catalogue, services);
    prepared.set(environment, call);
    return call;
  }

  async function validate(work: Work, environment: StepEnvironment): Promise<void> {
    const type = catalogue.require(work.node);
    checkStored(type, work.node);
    checkResolved(type, await prepare(work, environment));
  }

  async function execute(work: Work, environment: StepEnvironment): Promise<StepOutcome> {
    try {
      const call = await prepare(work, environment);
      return outcomeOf(await catalogue.require(work.node).execute(call));
    } catch (error) {
      if (error instanceof NodeFault) return { kind: 'failed', error: error.toStepError() };
      throw error;
    }
  }

  return { kindOf: (node) => catalogue.require(node).kind, validate, execute, close: () => sandbox.close() };
}

function outcomeOf(result: NodeResult): StepOutcome {
  const memory: NodeMemory = result && 'outputs' in result ? result : { outputs: result };
  // As JSON, so that a recorded outcome and a fresh one are the same thing.
  return JSON.parse(JSON.stringify({ kind: 'outputs', ...memory })) as StepOutcome;
}
