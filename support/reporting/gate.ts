/**
 * The release gate: a conjunction, never an average. Each rule says what is wrong, or nothing; one reason is enough
 * for a no.
 */
import type { Catalogue } from './catalogue.ts';
import type { FeatureRecord, RunRecord, ScenarioRecord } from './run-record.ts';
import { danglingTags, traceAll } from './traceability.ts';

export interface Evidence {
  readonly run: RunRecord;
  readonly catalogue: Catalogue;
  /** Lines of the engine that the features ran, in percent; undefined when it was not measured. */
  readonly coverage: number | undefined;
}

export interface Rule {
  readonly name: string;
  /** One line for each thing that is wrong. */
  readonly objections: (evidence: Evidence) => string[];
}

export interface Decision {
  readonly release: boolean;
  readonly rules: readonly { readonly name: string; readonly objections: readonly string[] }[];
}

const known = ({ catalogue }: Evidence, scenario: ScenarioRecord) => catalogue.knownFailures.some((entry) => entry.scenario === scenario.id);
const firstError = (scenario: ScenarioRecord) => scenario.steps.find((step) => step.error)?.error?.split('\n')[0] ?? '';

/** Two lines and a word of reason are little enough to ask of a promise. */
const PROMISE_WORDS = 15;
const hasPromise = (feature: FeatureRecord) => feature.promise.split(/\s+/).filter(Boolean).length >= PROMISE_WORDS;

export const rules: readonly Rule[] = [
  {
    name: 'scenarios ran',
    objections: ({ run }) => (run.scenarios.length === 0 ? ['no scenario ran; there is no evidence to decide on'] : []),
  },
  {
    name: 'no scenario fails',
    objections: (evidence) =>
      evidence.run.scenarios
        .filter((scenario) => ['failed', 'ambiguous', 'skipped', 'unknown'].includes(scenario.status) && !known(evidence, scenario))
        .map((scenario) => `${scenario.id} is ${scenario.status}: ${firstError(scenario)}`),
  },
  {
    name: 'no step is undefined or pending',
    objections: ({ run }) =>
      run.scenarios
        .filter((scenario) => ['undefined', 'pending'].includes(scenario.status))
        .map((scenario) => `${scenario.id} is ${scenario.status}: ${scenario.steps.find((step) => step.status === scenario.status)?.text ?? ''}`),
  },
  {
    name: 'nothing passed only on a retry',
    objections: ({ run }) => run.scenarios.filter((scenario) => scenario.attempts > 1).map((scenario) => `${scenario.id} needed ${scenario.attempts} attempts`),
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
    objections: ({ run, catalogue }) =>
      traceAll(catalogue, run.scenarios)
        .filter((trace) => trace.inRelease)
        .flatMap((trace) => trace.outcomes)
        .filter((outcome) => outcome.verdict === 'failing' || outcome.verdict === 'unexplained')
        .map((outcome) => `${outcome.id} is ${outcome.verdict === 'failing' ? 'failing' : 'open'}: ${outcome.text}`),
  },
  {
    name: 'every other outcome is verified or open with a reason',
    objections: ({ run, catalogue }) =>
      traceAll(catalogue, run.scenarios)
        .filter((trace) => !trace.inRelease)
        .flatMap((trace) => trace.outcomes)
        .filter((outcome) => outcome.verdict === 'unexplained')
        .map((outcome) => `${outcome.id} is open and nobody says why`),
  },
  {
    name: 'every feature opens with its promise and the reason for it',
    objections: ({ run }) => run.features.filter((feature) => !hasPromise(feature)).map((feature) => `${feature.uri} says too little about what it promises and why`),
  },
  {
    name: 'every scenario belongs to a flow, and tags point at something',
    objections: ({ run, catalogue }) => [
      ...run.scenarios.filter((scenario) => !scenario.tags.some((tag) => tag.startsWith('@flow:'))).map((scenario) => `${scenario.id} carries no @flow tag`),
      ...danglingTags(catalogue, run.scenarios),
    ],
  },
  {
    name: 'the features run enough of the engine',
    objections: ({ coverage, catalogue }) => {
      if (coverage === undefined) return ['coverage was not measured'];
      return coverage < catalogue.release.coverage ? [`${coverage} % of the engine's lines; the release asks for ${catalogue.release.coverage} %`] : [];
    },
  },
];

export function decide(evidence: Evidence): Decision {
  const judged = rules.map((rule) => ({ name: rule.name, objections: rule.objections(evidence) }));
  return { release: judged.every((rule) => rule.objections.length === 0), rules: judged };
}
