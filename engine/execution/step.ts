/** One attempt at one node: validate, make the intent durable where an effect follows, run, decide about a failure. */
import { HiveError, toHiveError, traced } from '../kernel/index.ts';
import { runTimedOut } from './errors.ts';
import type { StepEnvironment, StepError, StepOutcome, Work } from './interpreter/port.ts';
import { recordable, stepErrorOf, weightOfStep } from './recordable.ts';
import type { RecordBodies } from './records.ts';
import { recover } from './recovery.ts';
import { environmentOf, progressOf, timeIsUp, type Run } from './run.ts';

type Settled = RecordBodies['step.settled'];

interface Attempt {
  readonly run: Run;
  readonly work: Work;
  readonly number: number;
  readonly kind: Settled['kind'];
  readonly startedAt: number;
}

/** The recorded attempt where there is one, else a new one. */
export async function attempt(run: Run, work: Work, number: number): Promise<Settled> {
  const node = work.node.name;
  const kind = kindOf(run, work);
  const intent = await run.log.once('step.started', () => ({
    executionIndex: work.executionIndex, attempt: number, node, kind, at: run.clock.now(),
  }));
  // The intent of an effect is durable before the effect is caused; pure steps may simply be computed again.
  if (kind !== 'pure') await run.state.persist();
  const settled = await run.state.settle(async () => settledAs({ run, work, number, kind, startedAt: intent.at }));
  run.spentBytes += weightOfStep(node, settled.outcome);
  return settled;
}

function kindOf(run: Run, work: Work) {
  try {
    return run.registry.kindOf(work.node);
  } catch {
    return 'pure'; // An unknown node fails in `validate`, where its error is recorded.
  }
}

async function settledAs(made: Attempt): Promise<Settled> {
  const { run, work, number, kind, startedAt } = made;
  const given = await outcomeOf(made);
  // A result that came while this process was letting go is not recorded: the next owner makes its own.
  run.hold.letGo.throwIfAborted();
  // What is kept and shown is what goes on from the node, as far as a record can hold it.
  const kept = recordable(run.interpreter.complete(work, given), work.node.name, run.spentBytes);
  const outcome = kept.kind === 'failed' ? kept : given;
  const failure = failureIn(outcome);
  const chosen = failure && (await recover({ node: work.node, attempt: number, error: failure }, run.chooseRecovery));
  // A soft failure that is not retried is simply the node's output.
  const recovery = chosen && (outcome.kind === 'failed' || chosen.strategy === 'RETRY') ? chosen : null;
  return {
    executionIndex: work.executionIndex, attempt: number, node: work.node.name, runIndex: work.runIndex, kind, source: work.source,
    outcome: recovery ? outcome : kept, recovery, from: run.statesVisited.at(-1) ?? null, progress: progressOf(run), startedAt, at: run.clock.now(),
  };
}

async function outcomeOf({ run, work, kind, startedAt }: Attempt): Promise<StepOutcome> {
  const node = work.node.name;
  const signal = kind === 'wait' ? run.hold.stopWait : run.hold.stopWork;
  try {
    if (timeIsUp(run)) throw timedOut(run);
    const logic = execute(run, work, environmentOf(run, work, { startedAt, signal }));
    return await untilAborted(signal, logic, () => timedOut(run));
  } catch (error) {
    // Not the node's failure: the run is left as it stands, and the next owner makes this attempt again.
    run.hold.letGo.throwIfAborted();
    if (kind === 'wait') run.hold.halt.throwIfAborted();
    if (!(error instanceof HiveError)) run.logger.error({ err: error, node, executionId: run.id }, 'a node failed in a way its code did not foresee');
    return { kind: 'failed', error: stepErrorOf(toHiveError(error)) };
  }
}

export const timedOut = (run: Run): HiveError => runTimedOut({ executionId: run.id, limitMs: run.created.timeoutMs });

/** The documents' TaskRegistry: input is validated before any logic runs. */
function execute(run: Run, work: Work, environment: StepEnvironment): Promise<StepOutcome> {
  const tenant = run.tenant.id;
  return traced({ from: 'orchestrator', to: 'task-registry', message: 'execute task', tenant, facts: { node: work.node.name } }, async () => {
    await traced({ from: 'task-registry', to: 'task-registry', message: 'validate input', tenant }, () => run.registry.validate(work, environment));
    return traced({ from: 'task-registry', to: 'task-registry', message: 'run task logic', tenant }, () => run.registry.execute(work, environment));
  });
}

/** Rejects as soon as `signal` aborts, whether or not the node listens to it. */
function untilAborted<T>(signal: AbortSignal, logic: Promise<T>, why: () => HiveError): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(why());
    signal.addEventListener('abort', abort, { once: true });
    logic.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
    if (signal.aborted) abort();
  });
}

/** n8n retries a node also when it returned normally but its first item carries an error. */
function failureIn(outcome: StepOutcome): StepError | undefined {
  if (outcome.kind === 'failed') return outcome.error;
  const error = outcome.outputs?.[0]?.[0]?.json?.['error'];
  if (error === undefined || error === null) return undefined;
  return { message: typeof error === 'string' ? error : JSON.stringify(error), name: 'SoftFailure', retryable: true };
}
