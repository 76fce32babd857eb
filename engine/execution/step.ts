/** One attempt at one node: validate, make the intent durable where an effect follows, run, decide about a failure. */
import { HiveError, toHiveError, traced } from '../kernel/index.ts';
import { runTimedOut } from './errors.ts';
import type { StepEnvironment, StepError, StepOutcome, Work } from './interpreter/port.ts';
import type { RecordBodies } from './records.ts';
import { environmentOf, progressOf, type Run } from './run.ts';

type Settled = RecordBodies['step.settled'];

/** The recorded attempt where there is one, else a new one. */
export async function attempt(run: Run, work: Work, number: number): Promise<Settled> {
  const kind = kindOf(run, work);
  const intent = await run.log.once('step.started', () => ({
    executionIndex: work.executionIndex, attempt: number, node: work.node.name, kind, at: run.clock.now(),
  }));
  // The intent of an effect is durable before the effect is caused; pure steps may simply be computed again.
  if (kind !== 'pure') await run.state.persist();
  return run.state.settle(async () => {
    const outcome = await outcomeOf(run, work, environmentOf(run, work, intent.at));
    // A result that came while this process was letting go is not recorded: the next owner makes its own.
    run.letGo.throwIfAborted();
    return settledAs({ run, work, number, kind, startedAt: intent.at }, outcome);
  });
}

function kindOf(run: Run, work: Work) {
  try {
    return run.registry.kindOf(work.node);
  } catch {
    return 'pure'; // An unknown node fails in `validate`, where its error is recorded.
  }
}

async function outcomeOf(run: Run, work: Work, environment: StepEnvironment): Promise<StepOutcome> {
  try {
    return await untilAborted(run, execute(run, work, environment));
  } catch (error) {
    if (run.letGo.aborted) throw error;
    if (!(error instanceof HiveError)) run.logger.error({ err: error, node: work.node.name, executionId: run.id }, 'a node failed in a way its code did not foresee');
    return { kind: 'failed', error: stepErrorOf(toHiveError(error)) };
  }
}

/** The documents' TaskRegistry: input is validated before any logic runs. */
function execute(run: Run, work: Work, environment: StepEnvironment): Promise<StepOutcome> {
  const tenant = run.tenant.id;
  return traced({ from: 'orchestrator', to: 'task-registry', message: 'execute task', tenant, facts: { node: work.node.name } }, async () => {
    await traced({ from: 'task-registry', to: 'task-registry', message: 'validate input', tenant }, () => run.registry.validate(work, environment));
    return traced({ from: 'task-registry', to: 'task-registry', message: 'run task logic', tenant }, () => run.registry.execute(work, environment));
  });
}

/** Rejects as soon as the run's time is up or the run must be let go, whether or not the node listens to its signal. */
function untilAborted<T>(run: Run, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(run.letGo.aborted ? run.letGo.reason : runTimedOut({ executionId: run.id, limitMs: run.created.timeoutMs }));
    if (run.signal.aborted) return abort();
    run.signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => run.signal.removeEventListener('abort', abort));
  });
}

function stepErrorOf(error: HiveError): StepError {
  return { message: error.message, name: error.name, code: error.code, retryable: error.retryable, context: error.facts };
}

/** n8n retries a node also when it returned normally but its first item carries an error. */
function failureIn(outcome: StepOutcome): StepError | undefined {
  if (outcome.kind === 'failed') return outcome.error;
  const error = outcome.outputs?.[0]?.[0]?.json?.['error'];
  return error === undefined || error === null ? undefined : { message: String(error), name: 'SoftFailure', retryable: true };
}

interface Attempted {
  readonly run: Run;
  readonly work: Work;
  readonly number: number;
  readonly kind: Settled['kind'];
  readonly startedAt: number;
}

async function settledAs({ run, work, number, kind, startedAt }: Attempted, outcome: StepOutcome): Promise<Settled> {
  const failure = failureIn(outcome);
  const chosen = failure && (await run.chooseRecovery({ node: work.node, attempt: number, error: failure }));
  // A soft failure that is not retried is simply the node's output.
  const recovery = chosen && (outcome.kind === 'failed' || chosen.strategy === 'RETRY') ? chosen : null;
  return {
    executionIndex: work.executionIndex, attempt: number, node: work.node.name, runIndex: work.runIndex, kind,
    source: work.source, outcome, recovery, from: run.statesVisited.at(-1) ?? null, progress: progressOf(run), startedAt, at: run.clock.now(),
  };
}
