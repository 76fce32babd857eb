/** The run in JUnit's XML: one suite a feature, one case a scenario. Whatever did not pass is a failure. */
import { told } from './gate.ts';
import type { FeatureRecord, RunRecord, ScenarioRecord } from './run-record.ts';

/** XML 1.0 cannot hold most control characters, not even escaped. */
const FORBIDDEN = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;
const attribute = (value: string) => value.replace(FORBIDDEN, '�').replace(/[&<>"\n\r\t]/g, (character) => `&#${character.charCodeAt(0)};`);
const content = (value: string) => value.replace(FORBIDDEN, '�').replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
const seconds = (milliseconds: number) => (milliseconds / 1_000).toFixed(3);

function testCase(scenario: ScenarioRecord): string {
  const { uri, rule, name, example, status, milliseconds, steps } = scenario;
  const title = [rule, name, example && `(${example.values})`].filter(Boolean).join(' ');
  const opening = `<testcase classname="${attribute(uri)}" name="${attribute(title)}" time="${seconds(milliseconds)}"`;
  if (status === 'passed') return `${opening}/>`;
  const errors = steps.flatMap((step) => step.error ?? []).join('\n');
  return `${opening}><failure type="${status}" message="${attribute(told(scenario))}">${content(errors)}</failure></testcase>`;
}

function suite({ uri, scenarios }: FeatureRecord): string {
  const failed = scenarios.filter(({ status }) => status !== 'passed').length;
  const time = seconds(scenarios.reduce((sum, { milliseconds }) => sum + milliseconds, 0));
  return `<testsuite name="${attribute(uri)}" tests="${scenarios.length}" failures="${failed}" time="${time}">\n${scenarios.map(testCase).join('\n')}\n</testsuite>`;
}

export const junitOf = ({ features }: RunRecord): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${features.filter(({ scenarios }) => scenarios.length).map(suite).join('\n')}\n</testsuites>\n`;
