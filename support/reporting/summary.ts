/** What is said of a run in few lines: at the console, and as Markdown for a CI's step summary. */
import { countScenarios, told, type Decision } from './gate.ts';
import type { FeatureRecord, RunRecord, ScenarioRecord } from './run-record.ts';

const SLOWEST = 10;
/** Of each rule's objections; `gate.json` has all. */
const OBJECTIONS = 10;

const isPassed = ({ status }: ScenarioRecord) => status === 'passed';
const secondsOf = (milliseconds: number) => `${(milliseconds / 1_000).toFixed(1)} s`;
const sumOf = (scenarios: readonly ScenarioRecord[]) => scenarios.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
const slowest = ({ scenarios }: RunRecord) => scenarios.toSorted((one, other) => other.milliseconds - one.milliseconds).slice(0, SLOWEST);
const withScenarios = ({ features }: RunRecord) => features.filter(({ scenarios }) => scenarios.length > 0);

/** `N passed, N failed`, in scenarios: undefined, pending and skipped count as failed, a rerun counts once. */
export function countLine(run: RunRecord): string {
  const { passed, failed } = countScenarios(run);
  return `${passed} passed, ${failed} failed`;
}

/** How much of the workers' time was spent in scenarios; the rest they waited for each other. */
const efficiencyLine = ({ timing: { workers, testingSeconds, efficiency } }: RunRecord) =>
  `Parallel efficiency: ${workers} worker${workers === 1 ? '' : 's'} over ${testingSeconds.toFixed(1)} s, busy ${Math.round(efficiency * 100)} %`;

function featureLine({ uri, scenarios }: FeatureRecord, width: number): string {
  const passed = scenarios.filter(isPassed).length;
  const failed = scenarios.length - passed;
  return `${failed ? '✗' : '✓'} ${uri.padEnd(width)} ${`${passed} passed`.padStart(11)}${failed ? `, ${failed} failed` : ''.padEnd(10)}  ${secondsOf(sumOf(scenarios)).padStart(8)}`;
}

export function consoleSummary(run: RunRecord): string {
  const features = withScenarios(run);
  const width = Math.max(0, ...features.map(({ uri }) => uri.length));
  const failed = run.scenarios.filter((scenario) => !isPassed(scenario));
  return [
    ...features.map((feature) => featureLine(feature, width)),
    ...(failed.length ? ['', 'Not passed:', ...failed.map((scenario) => `  ${scenario.id}\n      ${told(scenario)}`)] : []),
    ...run.problems.map((problem) => `  ${problem}`),
    '', 'Slowest:', ...slowest(run).map(({ id, milliseconds }) => `${secondsOf(milliseconds).padStart(8)}  ${id}`),
    '', efficiencyLine(run),
  ].join('\n');
}

const cell = (value: string) => value.replace(/[\r\n]+/g, ' ').replace(/[|<>\\`*_[\]]/g, (character) => `\\${character}`);

export interface Summarised {
  readonly run: RunRecord;
  readonly decision: Decision;
  readonly coverage: number | undefined;
}

export function markdownSummary({ run, decision, coverage }: Summarised): string {
  const { flows, outcomes } = decision;
  const sum = (tally: Decision['flows']) => Object.values(tally).reduce((total, count) => total + count, 0);
  const objections = decision.rules.flatMap(({ name, objections: said }) => [...said.slice(0, OBJECTIONS), ...(said.length > OBJECTIONS ? [`and ${said.length - OBJECTIONS} more`] : [])].map((one) => `| ${cell(name)} | ${cell(one)} |`));
  const failed = run.scenarios.filter((scenario) => !isPassed(scenario));
  const features = withScenarios(run).map(({ name, uri, scenarios }) => `| ${cell(name)} | ${cell(uri)} | ${scenarios.filter(isPassed).length} | ${scenarios.filter((one) => !isPassed(one)).length} | ${secondsOf(sumOf(scenarios))} |`);
  return [
    `## ${countLine(run)}`, '',
    `${decision.release ? 'The release may go out.' : 'The release must not go out.'} ${flows.verified} of ${sum(flows)} flows and ${outcomes.verified} of ${sum(outcomes)} outcomes verified; ${coverage === undefined ? 'coverage not measured' : `${coverage} % of the engine's lines run by features`}.`, '',
    ...(failed.length ? ['### Not passed', '', '| Scenario | Why |', '| --- | --- |', ...failed.map((scenario) => `| ${cell(scenario.id)} | ${cell(told(scenario))} |`), ''] : []),
    ...(objections.length ? ['### The gate objects', '', '| Rule | Objection |', '| --- | --- |', ...objections, ''] : []),
    '### Features', '', '| Feature | File | Passed | Failed | Time |', '| --- | --- | ---: | ---: | ---: |', ...features, '',
    '### Slowest scenarios', '', ...slowest(run).map(({ id, milliseconds }) => `1. ${secondsOf(milliseconds)} ${cell(id)}`), '', efficiencyLine(run), '',
  ].join('\n');
}
