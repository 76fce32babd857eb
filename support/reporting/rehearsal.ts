/**
 * A run without a runner, for the tests of this folder: the messages that cucumber would write for a feature, with
 * results as the test wants them. The documents are really parsed; what cucumber itself writes is read by the
 * demonstration.
 */
import { generateMessages } from '@cucumber/gherkin';
import { HookType, SourceMediaType, TestStepResultStatus as Result, type Attachment, type Envelope, type Hook, type Pickle, type TestCase } from '@cucumber/messages';

export type Outcome = 'PASSED' | 'FAILED' | 'UNDEFINED' | 'PENDING' | 'SKIPPED';

export interface Attempted {
  /** Of the steps in order; steps that are not named pass. */
  readonly steps?: readonly Outcome[];
  readonly before?: Outcome;
  readonly after?: Outcome;
  readonly error?: string;
  readonly milliseconds?: number;
  readonly attach?: readonly Pick<Attachment, 'mediaType' | 'body' | 'contentEncoding' | 'fileName'>[];
  /** The worker died: the attempt never ends. */
  readonly isLost?: boolean;
}

export interface Rehearsal {
  /** Text of each feature by its path. */
  readonly features: Readonly<Record<string, string>>;
  /** By the scenario's name, first attempt first; one that passes where nothing is said; `left out` is not run. */
  readonly scenarios?: Readonly<Record<string, readonly Attempted[] | 'left out'>>;
  /** Scenarios of all workers at once: every message of one is followed by one of each other. */
  readonly workers?: number;
  /** Files and scenarios in the opposite order. */
  readonly reversed?: boolean;
  readonly startedAtSeconds?: number;
  readonly isUnfinished?: boolean;
}

const hooks: readonly Hook[] = (['before', 'after'] as const).map((id) => ({ id, type: id === 'before' ? HookType.BEFORE_TEST_CASE : HookType.AFTER_TEST_CASE, sourceReference: { uri: 'support/hooks.ts', location: { line: id === 'before' ? 3 : 9 } } }));

function caseOf(pickle: Pickle): TestCase {
  const steps = pickle.steps.map(({ id }) => ({ id: `${pickle.id}-${id}`, pickleStepId: id }));
  return { id: `case-${pickle.id}`, pickleId: pickle.id, testSteps: [{ id: `${pickle.id}-before`, hookId: 'before' }, ...steps, { id: `${pickle.id}-after`, hookId: 'after' }] };
}

class Rehearsing {
  private now: number;
  private count = 0;
  readonly prefix: string;

  constructor({ startedAtSeconds = 1_000 }: Rehearsal) {
    this.now = startedAtSeconds * 1_000;
    this.prefix = `at-${startedAtSeconds}`;
  }

  readonly newId = () => `${this.prefix}-${(this.count += 1)}`;

  time(later = 0) {
    this.now += later;
    return { seconds: Math.floor(this.now / 1_000), nanos: (this.now % 1_000) * 1e6 };
  }

  *attempt(testCase: TestCase, given: Attempted, { number, isLast, worker }: { number: number; isLast: boolean; worker: number }): Generator<Envelope> {
    const id = this.newId();
    const { steps = [], before = 'PASSED', after = 'PASSED', error = 'it did not work', milliseconds = 10, attach = [], isLost = false } = given;
    yield { testCaseStarted: { id, testCaseId: testCase.id, attempt: number, workerId: String(worker), timestamp: this.time() } };
    const results = [before, ...testCase.testSteps.slice(2).map((_, index) => (before === 'PASSED' ? (steps[index] ?? 'PASSED') : 'SKIPPED')), after];
    for (const body of attach) yield { attachment: { ...body, testCaseStartedId: id } };
    for (const [index, step] of testCase.testSteps.entries()) {
      const status = Result[results[index]!];
      yield { testStepFinished: { testCaseStartedId: id, testStepId: step.id, timestamp: this.time(), testStepResult: { status, duration: { seconds: 0, nanos: 0 }, ...(status === Result.FAILED ? { message: error } : {}) } } };
    }
    if (!isLost) yield { testCaseFinished: { testCaseStartedId: id, willBeRetried: !isLast, timestamp: this.time(milliseconds) } };
  }

  *attempts(testCase: TestCase, given: readonly Attempted[], worker: number): Generator<Envelope> {
    for (const [number, one] of given.entries()) yield* this.attempt(testCase, one, { number, isLast: number === given.length - 1, worker });
  }
}

/** One message of each in turn, as workers beside each other write them. */
function* interleaved(runs: readonly Generator<Envelope>[], workers: number): Generator<Envelope> {
  const waiting = [...runs];
  let going = waiting.splice(0, workers);
  while (going.length) {
    for (const run of [...going]) {
      const { value, done } = run.next();
      if (value) yield value;
      if (done) going = [...going.filter((one) => one !== run), ...waiting.splice(0, 1)];
    }
  }
}

export function rehearse(rehearsal: Rehearsal): Envelope[] {
  const { features, scenarios = {}, workers = 1, reversed = false, isUnfinished = false } = rehearsal;
  const rehearsing = new Rehearsing(rehearsal);
  const options = { newId: rehearsing.newId, includeSource: true, includeGherkinDocument: true, includePickles: true };
  const files = reversed ? Object.entries(features).toReversed() : Object.entries(features);
  const read = files.flatMap(([uri, text]) => [...generateMessages(text, uri, SourceMediaType.TEXT_X_CUCUMBER_GHERKIN_PLAIN, options)]);
  const pickles = read.flatMap(({ pickle }) => pickle ?? []).filter(({ name }) => scenarios[name] !== 'left out');
  const cases = (reversed ? pickles.toReversed() : pickles).map((pickle) => ({ testCase: caseOf(pickle), given: scenarios[pickle.name] }));
  const runs = cases.map(({ testCase, given }, index) => rehearsing.attempts(testCase, Array.isArray(given) ? given : [{}], index % workers));
  return [
    ...read, ...hooks.map((hook) => ({ hook })), { testRunStarted: { timestamp: rehearsing.time() } }, ...cases.map(({ testCase }) => ({ testCase })),
    ...interleaved(runs, workers), ...(isUnfinished ? [] : [{ testRunFinished: { success: true, timestamp: rehearsing.time() } }]),
  ];
}
