/**
 * The release gate: a conjunction, never an average. Each rule says what is wrong, or nothing; one reason is enough
 * for a no.
 */
import type { Catalogue } from './catalogue.ts';
import type { FeatureRecord, RunRecord, ScenarioRecord } from './run-record.ts';
import { danglingTags, staleReasons, tallyOf, traceAll, type FlowTrace, type Tally, type Verdict } from './traceability.ts';

export interface Evidence {
  readonly run: RunRecord;
  readonly catalogue: Catalogue;
  /** Lines of the engine that the features ran, in percent; undefined when it was not measured in this run. */
  readonly coverage: number | undefined;
}

type Judged = Evidence & { readonly traces: readonly FlowTrace[] };

interface Rule {
  readonly name: string;
  /** One line for each thing that is wrong. */
  readonly objections: (evidence: Judged) => string[];
}

export interface Decision {
  readonly release: boolean;
  readonly rules: readonly { readonly name: string; readonly objections: readonly string[] }[];
  readonly scenarios: { readonly passed: number; readonly failed: number };
  readonly flows: Tally;
  readonly outcomes: Tally;
}

const isKnown = ({ catalogue }: Evidence, { id }: ScenarioRecord) => catalogue.knownFailures.some(({ scenario }) => scenario === id);
const firstLine = (text: string) => text.trimStart().split('\n')[0]!;

/** The first step that did not pass, and why. */
export function told({ steps, status }: ScenarioRecord): string {
  const step = steps.find((one) => one.status === status);
  if (!step) return steps.length ? 'it did not come to its end' : 'it has no steps';
  return `${step.keyword} ${step.text}${step.error ? `: ${firstLine(step.error)}` : ''}`;
}

/** Two lines with a reason are little enough to ask of a promise. */
const PROMISE_WORDS = 15;
const hasPromise = ({ promise }: FeatureRecord) => promise.split(/\s+/).filter(Boolean).length >= PROMISE_WORDS;

function repeated(ids: readonly string[]): string[] {
  const seen = new Set<string>();
  return [...new Set(ids.filter((id) => seen.size === seen.add(id).size))];
}

const openedAs = (verdict: Verdict) => (verdict === 'failing' ? 'failing' : 'open');

export const rules: readonly Rule[] = [
  {
    name: 'scenarios ran, all of them, to the end of the run',
    objections: ({ run }) => [
      ...(run.scenarios.length === 0 ? ['no scenario ran; there is no evidence to decide on'] : []),
      ...(run.leftOut > 0 ? [`${run.leftOut} scenario(s) were left out of the run`] : []),
      ...run.problems.map(firstLine),
    ],
  },
  {
    name: 'no scenario fails',
    objections: (evidence) =>
      evidence.run.scenarios
        .filter((scenario) => ['failed', 'ambiguous', 'skipped', 'unknown'].includes(scenario.status) && !isKnown(evidence, scenario))
        .map((scenario) => `${scenario.id} is ${scenario.status}: ${told(scenario)}`),
  },
  {
    name: 'no step is undefined or pending',
    objections: ({ run }) => run.scenarios.filter(({ status }) => status === 'undefined' || status === 'pending').map((scenario) => `${scenario.id} is ${scenario.status}: ${told(scenario)}`),
  },
  {
    name: 'nothing passed only on a retry',
    objections: ({ run }) => run.scenarios.filter(({ attempts }) => attempts > 1).map(({ id, attempts }) => `${id} needed ${attempts} attempts`),
  },
  {
    name: 'no known failure is stale',
    objections: ({ run, catalogue }) =>
      catalogue.knownFailures.flatMap(({ scenario: id }) => {
        const scenario = run.scenarios.find((one) => one.id === id);
        if (!scenario) return [`${id} is listed as a known failure and does not exist`];
        return scenario.status === 'passed' ? [`${id} is listed as a known failure and passes; strike it off`] : [];
      }),
  },
  {
    name: "every outcome of the release's flows is verified",
    objections: ({ traces }) =>
      traces
        .filter((trace) => trace.inRelease)
        .flatMap((trace) => trace.outcomes)
        .filter(({ verdict }) => verdict === 'failing' || verdict === 'unexplained')
        .map(({ id, verdict, text }) => `${id} is ${openedAs(verdict)}: ${text}`),
  },
  {
    name: 'every other outcome is verified or open with a reason',
    objections: ({ traces }) => traces.filter((trace) => !trace.inRelease).flatMap((trace) => trace.outcomes).filter(({ verdict }) => verdict === 'unexplained').map(({ id }) => `${id} is open and nobody says why`),
  },
  {
    name: 'no reason for what is open is stale',
    objections: ({ catalogue, traces }) => staleReasons(catalogue, traces),
  },
  {
    name: 'every feature opens with its promise and the reason for it',
    objections: ({ run }) => run.features.filter((feature) => !hasPromise(feature)).map(({ uri }) => `${uri} says too little about what it promises and why`),
  },
  {
    name: 'every scenario has a name of its own and a flow, and tags point at something',
    objections: ({ run, catalogue }) => [
      ...repeated(run.scenarios.map(({ id }) => id)).map((id) => `${id} is the name of more than one scenario`),
      ...run.scenarios.filter(({ tags }) => !tags.some((tag) => tag.startsWith('@flow:'))).map(({ id }) => `${id} carries no @flow tag`),
      ...danglingTags(catalogue, run.scenarios),
    ],
  },
  {
    name: 'the features run enough of the engine',
    objections: ({ coverage, catalogue }) => {
      if (coverage === undefined) return ['coverage was not measured in this run'];
      return coverage < catalogue.release.coverage ? [`${coverage} % of the engine's lines; the release asks for ${catalogue.release.coverage} %`] : [];
    },
  },
];

/** Undefined, pending and skipped count as failed, a rerun counts once. */
export function countScenarios({ scenarios }: RunRecord): { passed: number; failed: number } {
  const passed = scenarios.filter(({ status }) => status === 'passed').length;
  return { passed, failed: scenarios.length - passed };
}

export function decide(evidence: Evidence): Decision {
  const traces = traceAll(evidence.catalogue, evidence.run.scenarios);
  const judged = rules.map(({ name, objections }) => ({ name, objections: objections({ ...evidence, traces }) }));
  return {
    release: judged.every((rule) => rule.objections.length === 0),
    rules: judged,
    scenarios: countScenarios(evidence.run),
    flows: tallyOf(traces),
    outcomes: tallyOf(traces.flatMap((trace) => trace.outcomes)),
  };
}
