/**
 * What a run of the features was, read from the message stream that cucumber writes. Identity across runs is
 * file + rule + scenario + example row, because ids in the stream are fresh each time.
 */
import { readFileSync } from 'node:fs';
import type { Envelope, GherkinDocument, Pickle, TestStepResultStatus } from '@cucumber/messages';

export type Status = 'passed' | 'failed' | 'undefined' | 'pending' | 'skipped' | 'ambiguous' | 'unknown';

export interface StepRecord {
  readonly keyword: string;
  readonly text: string;
  readonly status: Status;
  readonly milliseconds: number;
  readonly error: string | undefined;
  readonly table: readonly (readonly string[])[] | undefined;
  readonly docString: string | undefined;
}

export interface AttachmentRecord {
  readonly mediaType: string;
  readonly name: string | undefined;
  readonly text: string;
}

export interface ScenarioRecord {
  /** file > rule > scenario > example row; stable from run to run. */
  readonly id: string;
  readonly name: string;
  readonly rule: string | undefined;
  readonly tags: readonly string[];
  readonly status: Status;
  /** More than 1 when it was retried. */
  readonly attempts: number;
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

export interface RunRecord {
  readonly features: readonly FeatureRecord[];
  readonly scenarios: readonly ScenarioRecord[];
  readonly startedAt: Date | undefined;
  readonly seconds: number;
}

const milliseconds = (time: { seconds: number; nanos: number } | undefined) => (time ? time.seconds * 1_000 + time.nanos / 1e6 : 0);
const statusOf = (status: TestStepResultStatus | string): Status => status.toLowerCase() as Status;

/** Worst first: a scenario is what its worst step is. */
const severity: readonly Status[] = ['ambiguous', 'failed', 'undefined', 'pending', 'unknown', 'skipped', 'passed'];
const worst = (statuses: readonly Status[]): Status => severity.find((status) => statuses.includes(status)) ?? 'passed';

const MERMAID = /```mermaid\n([\s\S]*?)```/g;
const unindent = (text: string) => {
  const lines = text.replace(/\s+$/, '').split('\n');
  const indent = Math.min(...lines.filter((line) => line.trim()).map((line) => /^ */.exec(line)![0].length));
  return lines.map((line) => line.slice(indent)).join('\n');
};

interface Place {
  readonly rule: string | undefined;
  readonly line: number;
  readonly example: number | undefined;
  readonly keywords: ReadonlyMap<string, string>;
}

/** For each scenario or example row of a document: where it stands. */
function placesOf(document: GherkinDocument): Map<string, Place> {
  const places = new Map<string, Place>();
  const keywords = new Map<string, string>();
  const take = (child: NonNullable<GherkinDocument['feature']>['children'][number], rule: string | undefined) => {
    for (const step of [...(child.background?.steps ?? []), ...(child.scenario?.steps ?? [])]) keywords.set(step.id, step.keyword.trim());
    const { scenario } = child;
    if (!scenario) return;
    places.set(scenario.id, { rule, line: scenario.location.line, example: undefined, keywords });
    let row = 0;
    for (const { tableBody } of scenario.examples)
      for (const body of tableBody) places.set(body.id, { rule, line: body.location.line, example: (row += 1), keywords });
  };
  for (const child of document.feature?.children ?? []) {
    take(child, undefined);
    for (const inner of child.rule?.children ?? []) take(inner, child.rule!.name);
  }
  return places;
}

interface Attempt {
  readonly number: number;
  readonly retried: boolean;
  readonly milliseconds: number;
  readonly steps: readonly { stepId: string; status: Status; milliseconds: number; error: string | undefined }[];
  readonly attachments: readonly AttachmentRecord[];
}

/** The attempts at each test case, in order. */
function attemptsOf(envelopes: readonly Envelope[]): Map<string, Attempt[]> {
  const byCase = new Map<string, Attempt[]>();
  const open = new Map<string, { caseId: string; number: number; startedAt: number; steps: Attempt['steps'][number][]; attachments: AttachmentRecord[] }>();
  for (const { testCaseStarted: started, testStepFinished: step, attachment, testCaseFinished: finished } of envelopes) {
    if (started) open.set(started.id, { caseId: started.testCaseId, number: started.attempt + 1, startedAt: milliseconds(started.timestamp), steps: [], attachments: [] });
    if (step)
      open.get(step.testCaseStartedId)?.steps.push({
        stepId: step.testStepId, status: statusOf(step.testStepResult.status), milliseconds: milliseconds(step.testStepResult.duration),
        error: step.testStepResult.message ?? undefined,
      });
    if (attachment?.testCaseStartedId) {
      const text = attachment.contentEncoding === 'BASE64' ? Buffer.from(attachment.body, 'base64').toString() : attachment.body;
      open.get(attachment.testCaseStartedId)?.attachments.push({ mediaType: attachment.mediaType, name: attachment.fileName, text });
    }
    const ended = finished && open.get(finished.testCaseStartedId);
    if (ended) {
      const attempts = byCase.get(ended.caseId) ?? byCase.set(ended.caseId, []).get(ended.caseId)!;
      attempts.push({ ...ended, retried: finished.willBeRetried, milliseconds: milliseconds(finished.timestamp) - ended.startedAt });
    }
  }
  return byCase;
}

function scenarioRecord(pickle: Pickle, place: Place, steps: ReadonlyMap<string, string | undefined>, attempts: readonly Attempt[]): ScenarioRecord {
  const last = attempts.at(-1);
  const shown = pickle.steps.map((step): StepRecord => {
    const done = last?.steps.find((one) => steps.get(one.stepId) === step.id);
    return {
      keyword: place.keywords.get(step.astNodeIds[0]!) ?? '*', text: step.text, status: done?.status ?? 'unknown', milliseconds: done?.milliseconds ?? 0, error: done?.error,
      table: step.argument?.dataTable?.rows.map((row) => row.cells.map((cell) => cell.value)), docString: step.argument?.docString?.content,
    };
  });
  const hookErrors = last?.steps.filter((one) => steps.get(one.stepId) === undefined && one.status !== 'passed' && one.status !== 'skipped') ?? [];
  return {
    id: [pickle.uri, place.rule, pickle.name, place.example && `row ${place.example}`].filter(Boolean).join(' > '),
    name: pickle.name, rule: place.rule, tags: pickle.tags.map((tag) => tag.name), line: place.line,
    status: last ? worst(last.steps.map((one) => one.status)) : 'unknown', attempts: attempts.length, milliseconds: last?.milliseconds ?? 0,
    steps: [...shown, ...hookErrors.map((one) => ({ keyword: 'Hook', text: '', status: one.status, milliseconds: one.milliseconds, error: one.error, table: undefined, docString: undefined }))],
    attachments: last?.attachments ?? [],
  };
}

export function readRun(envelopes: readonly Envelope[]): RunRecord {
  const documents = envelopes.flatMap((envelope) => envelope.gherkinDocument ?? []);
  const pickles = new Map(envelopes.flatMap((envelope) => (envelope.pickle ? [[envelope.pickle.id, envelope.pickle] as const] : [])));
  const attempts = attemptsOf(envelopes);
  const cases = envelopes.flatMap((envelope) => envelope.testCase ?? []);
  const features = documents.map((document): FeatureRecord => {
    const places = placesOf(document);
    const scenarios = cases.flatMap((testCase) => {
      const pickle = pickles.get(testCase.pickleId);
      const place = pickle?.uri === document.uri ? places.get(pickle!.astNodeIds.at(-1)!) : undefined;
      const steps = new Map(testCase.testSteps.map((step) => [step.id, step.pickleStepId]));
      return pickle && place ? [scenarioRecord(pickle, place, steps, attempts.get(testCase.id) ?? [])] : [];
    });
    const description = unindent(document.feature?.description ?? '');
    return {
      uri: document.uri ?? '', room: /features\/([^/]+)\//.exec(document.uri ?? '')?.[1] ?? '', name: document.feature?.name ?? '',
      promise: description.replace(MERMAID, '').trim(), diagrams: [...description.matchAll(MERMAID)].map(([, text]) => text!),
      scenarios: scenarios.toSorted((one, other) => one.line - other.line),
    };
  });
  const [started, finished] = [envelopes.find((envelope) => envelope.testRunStarted)?.testRunStarted, envelopes.findLast((envelope) => envelope.testRunFinished)?.testRunFinished];
  return {
    features: features.toSorted((one, other) => one.uri.localeCompare(other.uri)),
    scenarios: features.flatMap((feature) => feature.scenarios),
    startedAt: started && new Date(milliseconds(started.timestamp)),
    seconds: started && finished ? (milliseconds(finished.timestamp) - milliseconds(started.timestamp)) / 1_000 : 0,
  };
}

export const readMessages = (file: string): Envelope[] =>
  readFileSync(file, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line) as Envelope);
