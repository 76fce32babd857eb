/**
 * `npm run gate`: reads the evidence of the last run, answers with reasons and an exit code. `--features` and
 * `--reports` name other folders with a catalogue and with evidence.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readCatalogue } from './catalogue.ts';
import { readCoverage } from './coverage.ts';
import { decide, type Decision } from './gate.ts';
import { readMessages } from './messages.ts';
import { readRun } from './run-record.ts';
import { verdicts, type Tally } from './traceability.ts';

const root = join(import.meta.dirname, '..', '..');

/** At most this many objections of one rule are printed; the file has all. */
const SHOWN = 12;

const counted = (tally: Tally) => verdicts.filter((verdict) => tally[verdict]).map((verdict) => `${tally[verdict]} ${verdict === 'unexplained' ? 'open without a reason' : verdict}`).join(', ');

export function printed({ release, rules, flows, outcomes, scenarios }: Decision): string {
  const lines = rules.flatMap(({ name, objections }) => [
    `${objections.length ? 'no ' : 'yes'}  ${name}`,
    ...objections.slice(0, SHOWN).map((objection) => `       ${objection}`),
    ...(objections.length > SHOWN ? [`       and ${objections.length - SHOWN} more`] : []),
  ]);
  const numbers = [`Scenarios: ${scenarios.passed} passed, ${scenarios.failed} failed`, `Flows:     ${counted(flows)}`, `Outcomes:  ${counted(outcomes)}`];
  return [...lines, '', ...numbers, release ? 'The release may go out.' : 'The release must not go out.'].join('\n');
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({ options: { features: { type: 'string', default: join(root, 'features') }, reports: { type: 'string', default: process.env['HIVE_REPORTS'] ?? join(root, 'reports') } } });
  const run = readRun(readMessages(join(values.reports, 'messages.ndjson')));
  const decision = decide({ run, catalogue: readCatalogue(values.features), coverage: readCoverage(values.reports, run) });
  if (existsSync(values.reports)) writeFileSync(join(values.reports, 'gate.json'), `${JSON.stringify(decision, undefined, 2)}\n`);
  console.log(printed(decision));
  process.exitCode = decision.release ? 0 : 1;
}
