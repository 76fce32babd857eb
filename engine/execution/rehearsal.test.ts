/**
 * No tests: the stage on which the tests of the run loop play. A log in memory instead of PostgreSQL, nodes that do
 * what a script says, and processes that die at a given append. All else is the real thing.
 */
import { expect } from 'chai';
import type { BusEvent } from '../events/index.ts';
import { HiveError, silentLogger, type Clock, type Principal, type RequestContext, type Tenant } from '../kernel/index.ts';
import { fenced, type JournalRecord, type OutboxMessage, type Position, type Recorded } from '../journal/index.ts';
import type { WorkflowDefinition, WorkflowNode, WorkflowVersion } from '../workflows/index.ts';
import { createExecutions, type ExecutionsOptions } from './executions.ts';
import type { StepOutcome, TaskRegistry } from './interpreter/port.ts';
import type { HookFired } from './hook-system.ts';
import type { RecordBodies, RecordKind } from './records.ts';
import type { Item } from './sandbox/port.ts';

export const tenant = { id: '0b0f8f3e-6c0e-4d0c-9d55-6a3f0a1c2b4d', settings: {} } as Tenant;
const principal = { userId: '7a0f9a34-58ef-4b0a-8f0c-6a3f2f7f1c55' } as Principal;
const context = { channel: 'http', requestId: 'request', correlationId: 'correlation', ipAddress: '127.0.0.1' } as RequestContext;

/** What an attempt at a node comes to. */
export type Line = 'ok' | 'branch ends' | 'soft failure' | 'fails' | 'fails for good' | 'hangs';

export interface Part extends Partial<WorkflowNode> {
  readonly name: string;
  readonly kind?: 'pure' | 'effect' | 'wait';
  /** By attempt; the last one goes on for ever. */
  readonly lines?: readonly Line[];
  /** Names of the nodes that follow, one list an output. */
  readonly to?: readonly (readonly string[])[];
}

export interface Play {
  readonly parts: readonly Part[];
  readonly timeoutMs?: number;
}

function nodeOf({ name, kind: _kind, lines: _lines, to: _to, ...rest }: Part): WorkflowNode {
  return {
    id: name, name, type: name === 'Start' ? 'n8n-nodes-base.manualTrigger' : 'test.step', typeVersion: 1, position: [0, 0], parameters: {},
    disabled: false, executeOnce: false, alwaysOutputData: false, retryOnFail: false, maxTries: 3, waitBetweenTriesMs: 1_000,
    onError: 'stopWorkflow', credentials: {}, webhookId: undefined, ...rest,
  };
}

function versionOf({ parts, timeoutMs }: Play): WorkflowVersion {
  const targets = (names: readonly string[]) => names.map((node) => ({ node, type: 'main', index: 0 }));
  const definition: WorkflowDefinition = {
    name: 'play', nodes: parts.map(nodeOf), pinData: {}, staticData: {},
    connections: Object.fromEntries(parts.map(({ name, to = [] }) => [name, { main: to.map(targets) }])),
    settings: { executionOrder: 'v1', timezone: undefined, errorWorkflow: undefined, executionTimeoutMs: timeoutMs },
  };
  return { id: '5b8a9c1e-8f7d-4b3e-9d15-1f0e6f3a2b10', version: 1, active: true, createdBy: principal.userId, definition };
}

/** Time passes when somebody sleeps, and when a test says so. */
export function createClock(): Clock & { advance(ms: number): void } {
  let now = Date.UTC(2026, 10, 21);
  const timers = new Set<{ at: number; action: () => void }>();
  function advance(ms: number) {
    now += ms;
    for (const timer of [...timers]) if (timer.at <= now && timers.delete(timer)) timer.action();
  }
  function after(delayMs: number, action: () => void) {
    const timer = { at: now + delayMs, action };
    timers.add(timer);
    return { cancel: () => void timers.delete(timer) };
  }
  const sleep = async (delayMs: number, signal?: AbortSignal) => {
    signal?.throwIfAborted();
    advance(delayMs);
  };
  return { now: () => now, after, sleep, advance };
}

export interface Call {
  readonly node: string;
  readonly executionIndex: number;
  readonly attempt: number;
  readonly key: string;
  /** Whether the log held at that moment that this attempt would be made. */
  readonly intended: boolean;
}

/** What outlives processes: the log, what was told outside, and what nodes did to the world. */
export function createStage() {
  const log: Recorded[] = [];
  const told: BusEvent[] = [];
  const calls: Call[] = [];
  const hooks: HookFired[] = [];
  let lsn = 0;
  function write(records: readonly JournalRecord[], messages: readonly OutboxMessage[]): Position {
    lsn += 1;
    // As JSON, which is all that a log can keep.
    const kept = JSON.parse(JSON.stringify(records)) as JournalRecord[];
    log.push(...kept.map((record, index) => ({ ...record, position: { shard: 0, lsn, index } })));
    told.push(...messages.map((message) => message.body as BusEvent));
    return { shard: 0, lsn };
  }
  return { clock: createClock(), log, told, calls, hooks, write };
}
export type Stage = ReturnType<typeof createStage>;

export const bodies = <Kind extends RecordKind>({ log }: Pick<Stage, 'log'>, kind: Kind) =>
  log.filter((record) => record.kind === kind).map((record) => record.body as RecordBodies[Kind]);

/** Records without what differs from one telling to the next: times, ids. */
export const storyOf = (log: readonly Recorded[]) =>
  log.map(({ kind, body }) => {
    const { at: _at, startedAt: _startedAt, createdAt: _createdAt, id: _id, ...rest } = body as Record<string, unknown>;
    return { kind, ...rest };
  });

/** The process is killed at its n-th append: before the log has it, or after that and before it learns so. */
export interface Fate {
  readonly append: number;
  readonly written: boolean;
}

const never = <T>() => new Promise<T>(() => undefined);

/** Does each attempt as scripted; a dead process does nothing any more. */
function registryOf({ parts }: Play, stage: Stage, isDead: () => boolean): TaskRegistry {
  const part = (name: string) => parts.find((one) => one.name === name)!;
  return {
    kindOf: ({ name }) => part(name).kind ?? 'pure',
    validate: async () => (isDead() ? never() : undefined),
    async execute({ node, executionIndex, runIndex, inputs }, { idempotencyKey: key }) {
      if (isDead()) return never();
      // Attempts before this one are durable by now, whoever made them.
      const attempt = 1 + bodies(stage, 'step.settled').filter((settled) => settled.executionIndex === executionIndex).length;
      const intended = bodies(stage, 'step.started').some((intent) => intent.executionIndex === executionIndex && intent.attempt === attempt);
      stage.calls.push({ node: node.name, executionIndex, attempt, key, intended });
      await new Promise(setImmediate);
      const lines = part(node.name).lines ?? ['ok'];
      return isDead() ? never() : outcomeOf(lines[Math.min(attempt, lines.length) - 1]!, node, { runIndex, items: inputs.flat() });
    },
    close: async () => undefined,
  };
}

function outcomeOf(line: Line, { name }: WorkflowNode, { runIndex, items }: { runIndex: number; items: readonly Item[] }): StepOutcome | Promise<StepOutcome> {
  if (line === 'hangs') return never();
  if (line === 'branch ends') return { kind: 'outputs', outputs: null };
  if (line.startsWith('fails')) return { kind: 'failed', error: { message: `${name} broke`, name: 'Broken', retryable: line === 'fails' } };
  const item = { json: { ...items[0]?.json, [name]: runIndex, ...(line === 'soft failure' && { error: 'not quite' }) } };
  // A loop goes round twice over its second output and then leaves by its first.
  if (name === 'Loop') return { kind: 'outputs', outputs: runIndex < 2 ? [[], [item]] : [[item], []], context: { round: runIndex } };
  return { kind: 'outputs', outputs: [[item]], staticData: { last: name } };
}

export interface Actor {
  readonly executions: ReturnType<typeof createExecutions>;
  readonly start: () => ReturnType<ReturnType<typeof createExecutions>['execute']>;
  /** The shard becomes this process's, with the streams that the log holds open. */
  readonly gain: () => Promise<void>;
  readonly lose: () => void;
  /** Resolves when the fate has come true. */
  readonly died: Promise<'died'>;
}

/** One process of the engine on this stage. It owns the only shard from `gain` to `lose`. */
export function createActor(stage: Stage, play: Play, options: Partial<ExecutionsOptions> & { fate?: Fate | undefined } = {}): Actor {
  const { fate, ...rest } = options;
  const { promise: died, resolve: die } = Promise.withResolvers<'died'>();
  const workflow = versionOf(play);
  let [dead, owned, appends] = [false, false, 0];
  let resume: Parameters<ExecutionsOptions['journal']['onGained']>[0] = async () => undefined;
  let abandon: (shard: number) => void = () => undefined;

  async function append(records: readonly JournalRecord[], messages: readonly OutboxMessage[] = []): Promise<Position> {
    await new Promise(setImmediate);
    if (dead) return never();
    if (!owned) throw fenced({ shard: 0 });
    appends += 1;
    if (fate?.append !== appends) return stage.write(records, messages);
    if (fate.written) stage.write(records, messages);
    dead = true;
    die('died');
    return never();
  }

  const executions = createExecutions({
    journal: {
      append, shardOf: () => 0, newStream: async () => '0b0f8f3e-6c0e-4d0c-9d55-6a3f0a1c2b4d',
      onGained: (given) => void (resume = given), onLost: (given) => void (abandon = given),
    },
    tenancy: { find: async () => tenant }, workflows: { load: async () => workflow }, registry: registryOf(play, stage, () => dead),
    clock: stage.clock, logger: silentLogger, runTimeoutMs: 3_600_000, timezone: 'Europe/London', drainMs: 1_000,
    handlers: [(fired) => void stage.hooks.push(fired)],
    metrics: { counter: () => ({ inc: () => undefined }), histogram: () => ({ observe: () => undefined }) } as never,
    ...rest,
  });

  async function gain() {
    owned = true;
    const closed = stage.log.some(({ closes }) => closes);
    const open = Map.groupBy(closed ? [] : stage.log, ({ stream }) => stream);
    await resume(0, open);
  }
  function lose() {
    owned = false;
    abandon(0);
  }
  const start = () => executions.execute({ tenant, principal, context }, { workflow, input: { order: 42 }, startNode: undefined, mode: 'production' });
  return { executions, start, gain, lose, died };
}

/** Resolves when the log says that the execution is over. */
export async function untilOver(stage: Stage): Promise<RecordBodies['run.finished']> {
  while (!stage.log.some(({ closes }) => closes)) await new Promise(setImmediate);
  return bodies(stage, 'run.finished')[0]!;
}

export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate);
}

/** Plays until the execution is over, each process meeting its fate and the next one taking up what it left. */
export async function playThrough(play: Play, fates: readonly Fate[] = []): Promise<Stage> {
  const stage = createStage();
  for (const fate of [...fates, undefined]) {
    const actor = createActor(stage, play, { fate });
    await actor.gain();
    if (stage.log.length === 0) void actor.start().catch(() => undefined);
    const what = await Promise.race([untilOver(stage), actor.died]);
    if (what !== 'died') break;
    actor.lose();
    if (stage.log.some(({ closes }) => closes)) break;
  }
  return stage;
}

/** The code of what a promise was rejected with. */
export const codeOf = (promise: Promise<unknown>) =>
  promise.then(() => 'no error', (error: unknown) => (error instanceof HiveError ? error.code : String(error)));

export function expectGrowing(numbers: readonly number[]) {
  expect(numbers).to.deep.equal([...new Set(numbers)].sort((one, other) => one - other));
}
