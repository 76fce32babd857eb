/**
 * What a run of the features was, read from the message stream that cucumber writes. Identity across runs is
 * file + rule + scenario + example row, because ids in the stream are fresh each time.
 */
import type { Envelope, GherkinDocument, Hook, Pickle, TestCase } from '@cucumber/messages';
import { diagramsIn } from '../diagrams/index.ts';
import { AttemptsSeen, millisecondsOf, type Attempt } from './attempts.ts';
import { placesOf, type Example, type Place, type Places } from './places.ts';
import { worstOf, type AttachmentRecord, type Status } from './status.ts';

export type { AttachmentRecord, Status } from './status.ts';

export interface StepRecord {
  /** `Given`; `Before` and `After` for a hook that did not pass. */
  readonly keyword: string;
  readonly text: string;
  readonly status: Status;
  readonly error: string | undefined;
  readonly table: readonly (readonly string[])[] | undefined;
  readonly docString: string | undefined;
}

export interface ScenarioRecord {
  /** file > rule > scenario > example row; stable from run to run. */
  readonly id: string;
  readonly uri: string;
  readonly name: string;
  readonly rule: string | undefined;
  readonly example: Example | undefined;
  readonly tags: readonly string[];
  readonly status: Status;
  /** More than 1 when it was retried, 0 when it never ended. */
  readonly attempts: number;
  /** Of the last attempt, hooks included. */
  readonly milliseconds: number;
  readonly steps: readonly StepRecord[];
  readonly attachments: readonly AttachmentRecord[];
  readonly line: number;
}

export interface FeatureRecord {
  readonly uri: string;
  readonly room: string;
  readonly name: string;
  /** The description without its diagrams: the promise and its reason. */
  readonly promise: string;
  readonly diagrams: readonly string[];
  readonly scenarios: readonly ScenarioRecord[];
}

/** Everything that differs between two runs of the same commit, and nothing else. */
export interface RunTiming {
  readonly startedAt: Date | undefined;
  /** From the start of the run to its end, stores and engines included. */
  readonly seconds: number;
  /** From the first scenario's start to the last one's end. */
  readonly testingSeconds: number;
  readonly workers: number;
  /** Share of the workers' time in which a scenario ran, from 0 to 1. */
  readonly efficiency: number;
}

export interface RunRecord {
  readonly features: readonly FeatureRecord[];
  readonly scenarios: readonly ScenarioRecord[];
  /** What went wrong around the scenarios: files that do not parse, the run's own hooks, a run without an end. */
  readonly problems: readonly string[];
  /** Scenarios that the run read and did not choose, by name, tag or line. */
  readonly leftOut: number;
  readonly timing: RunTiming;
}

const MERMAID = /^\s*```mermaid\s*\n[\s\S]*?```\s*$/gm;
const byText = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0);
const unindented = (text: string) => text.split('\n').map((line) => line.trim()).join('\n').trim();

/** What is kept of the stream while it passes. */
class Stream {
  readonly documents: GherkinDocument[] = [];
  readonly pickles: Pickle[] = [];
  readonly hooks = new Map<string, Hook>();
  /** By the id of the pickle. */
  readonly cases = new Map<string, TestCase>();
  readonly seen = new AttemptsSeen();
  readonly problems: string[] = [];
  startedAt: number | undefined;
  endedAt: number | undefined;

  take(envelope: Envelope) {
    const { gherkinDocument, pickle, hook, testCase, parseError, testRunStarted, testRunHookFinished, testRunFinished } = envelope;
    if (gherkinDocument) this.documents.push(gherkinDocument);
    if (pickle) this.pickles.push(pickle);
    if (hook) this.hooks.set(hook.id, hook);
    if (testCase) this.cases.set(testCase.pickleId, testCase);
    if (parseError) this.problems.push(`${parseError.source.uri} does not parse: ${parseError.message}`);
    if (testRunStarted) this.startedAt = millisecondsOf(testRunStarted.timestamp);
    if (testRunHookFinished && testRunHookFinished.result.status !== 'PASSED') this.problems.push(`a hook of the run failed: ${testRunHookFinished.result.message}`);
    if (testRunFinished) {
      this.endedAt = millisecondsOf(testRunFinished.timestamp);
      const why = testRunFinished.exception?.message ?? testRunFinished.message;
      if (why) this.problems.push(`the run was broken off: ${why}`);
    }
    this.seen.take(envelope);
  }
}

/** Hooks are shown only where they did not pass: they are no part of what the feature says. */
function stepsOf({ pickle, places, testCase, hooks }: Joined, attempt: Attempt | undefined): StepRecord[] {
  const results = new Map(attempt?.steps.map((step) => [step.stepId, step]));
  const pickleSteps = new Map(pickle.steps.map((step) => [step.id, step]));
  return (testCase?.testSteps ?? pickle.steps.map(({ id }) => ({ id, pickleStepId: id, hookId: undefined }))).flatMap((testStep): StepRecord[] => {
    const { status = 'unknown', error } = results.get(testStep.id) ?? {};
    const step = testStep.pickleStepId === undefined ? undefined : pickleSteps.get(testStep.pickleStepId);
    if (step) {
      const { dataTable, docString } = step.argument ?? {};
      const table = dataTable?.rows.map((row) => row.cells.map((cell) => cell.value));
      return [{ keyword: places.keywords.get(step.astNodeIds[0] ?? '') ?? '*', text: step.text, status, error, table, docString: docString?.content }];
    }
    if (status === 'passed' || status === 'skipped') return [];
    const hook = hooks.get(testStep.hookId ?? '');
    const place = hook ? `${hook.sourceReference.uri}:${hook.sourceReference.location?.line}` : '';
    return [{ keyword: hook?.type?.startsWith('AFTER') ? 'After' : 'Before', text: hook?.name ?? place, status, error, table: undefined, docString: undefined }];
  });
}

/** A scenario without a step shows nothing, even where hooks around it pass. */
function statusOfAttempt(pickle: Pickle, attempt: Attempt | undefined): Status {
  if (pickle.steps.length === 0) return 'pending';
  return attempt ? worstOf(attempt.steps.map((step) => step.status)) : 'unknown';
}

interface Joined {
  readonly pickle: Pickle;
  readonly place: Place;
  readonly places: Places;
  readonly testCase: TestCase | undefined;
  readonly hooks: ReadonlyMap<string, Hook>;
}

function scenarioRecord(joined: Joined, attempts: readonly Attempt[]): ScenarioRecord {
  const { pickle, place } = joined;
  const last = attempts.at(-1);
  return {
    id: [pickle.uri, place.rule, pickle.name, place.example && `row ${place.example.row}`].filter(Boolean).join(' > '),
    uri: pickle.uri, name: pickle.name, rule: place.rule, example: place.example, line: place.line,
    tags: pickle.tags.map((tag) => tag.name),
    status: statusOfAttempt(pickle, last),
    attempts: attempts.length,
    milliseconds: last ? last.endedAt - last.startedAt : 0,
    steps: stepsOf(joined, last),
    attachments: last?.attachments ?? [],
  };
}

function featureRecord(document: GherkinDocument, pickles: readonly Pickle[], { cases, hooks, seen }: Stream): FeatureRecord {
  const places = placesOf(document);
  const uri = document.uri ?? '';
  const description = document.feature?.description ?? '';
  const scenarios = pickles.map((pickle) => {
    const place = places.scenarios.get(pickle.astNodeIds.at(-1) ?? '') ?? { rule: undefined, line: 0, example: undefined };
    const testCase = cases.get(pickle.id);
    return scenarioRecord({ pickle, place, places, testCase, hooks }, seen.attempts.get(testCase?.id ?? '') ?? []);
  });
  return {
    uri, room: /features\/([^/]+)\//.exec(uri)?.[1] ?? 'elsewhere', name: document.feature?.name ?? '',
    promise: unindented(description.replace(MERMAID, '')), diagrams: diagramsIn(description).map(({ source }) => source),
    scenarios: scenarios.toSorted((one, other) => one.line - other.line),
  };
}

function timingOf({ startedAt, endedAt, seen }: Stream): RunTiming {
  const attempts = [...seen.attempts.values()].flat();
  const first = attempts.reduce((least, { startedAt: at }) => Math.min(least, at), Infinity);
  const last = attempts.reduce((most, { endedAt: at }) => Math.max(most, at), 0);
  const busy = attempts.reduce((sum, attempt) => sum + attempt.endedAt - attempt.startedAt, 0);
  const workers = new Set(attempts.map(({ worker }) => worker)).size;
  const span = attempts.length ? last - first : 0;
  return {
    startedAt: startedAt === undefined ? undefined : new Date(startedAt),
    seconds: startedAt !== undefined && endedAt !== undefined ? (endedAt - startedAt) / 1_000 : 0,
    testingSeconds: span / 1_000, workers, efficiency: span ? busy / (workers * span) : 0,
  };
}

export function readRun(envelopes: Iterable<Envelope>): RunRecord {
  const stream = new Stream();
  for (const envelope of envelopes) stream.take(envelope);
  if (stream.startedAt !== undefined && stream.endedAt === undefined) stream.problems.push('the run did not come to its end');
  // Where the run ended before it chose its scenarios, all that it read did not run; else the others were left out on purpose.
  const nothingChosen = stream.cases.size === 0 && stream.problems.length > 0;
  const chosen = stream.pickles.filter((pickle) => nothingChosen || stream.cases.has(pickle.id));
  const byFile = Map.groupBy(chosen, (pickle) => pickle.uri);
  const features = stream.documents.map((document) => featureRecord(document, byFile.get(document.uri ?? '') ?? [], stream)).toSorted((one, other) => byText(one.uri, other.uri));
  return {
    features, scenarios: features.flatMap((feature) => feature.scenarios), problems: stream.problems,
    leftOut: stream.pickles.length - chosen.length, timing: timingOf(stream),
  };
}
