/** How an execution stands after the records so far: what is needed to end one that cannot be carried on. */
import type { Recorded } from '../journal/index.ts';
import { isFinal, type Phase, type RecordBodies } from './records.ts';

export interface Standing {
  /** Undefined before the first record. */
  readonly created: RecordBodies['run.created'] | undefined;
  readonly phase: Phase | null;
  /** The node that the last change of phase was about. */
  readonly node: string;
  /** How many changes of phase, and hooks, there were. */
  readonly changes: number;
  readonly hooks: number;
  readonly statesVisited: readonly string[];
  /** Of the last attempt that was settled; -1 before the first. */
  readonly executionIndex: number;
}

type Writable = { -readonly [Key in keyof Standing]: Standing[Key] } & { statesVisited: string[] };

/** What each kind of record changes; the others change nothing. */
const effects: { readonly [Kind in keyof RecordBodies]?: (standing: Writable, body: RecordBodies[Kind]) => void } = {
  'run.created': (standing, body) => void (standing.created = body),
  'phase.changed': (standing, body) => void Object.assign(standing, { phase: body.to, changes: body.sequence, node: body.node ?? standing.node }),
  'hook.fired': (standing, body) => void (standing.hooks = body.sequence),
  'step.settled': (standing, body) => {
    standing.executionIndex = body.executionIndex;
    if (isFinal(body)) standing.statesVisited.push(body.node);
  },
};

export function createStanding(): Standing & { note(record: Pick<Recorded, 'kind' | 'body'>): void } {
  const standing: Writable = { created: undefined, phase: null, node: '', changes: 0, hooks: 0, statesVisited: [], executionIndex: -1 };
  const note = ({ kind, body }: Pick<Recorded, 'kind' | 'body'>) => effects[kind as keyof RecordBodies]?.(standing, body as never);
  return Object.assign(standing, { note });
}
