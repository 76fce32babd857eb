/** `npm run gate`: reads the evidence of the last run, answers with reasons and an exit code. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCatalogue } from './catalogue.ts';
import { decide, type Decision } from './gate.ts';
import { readMessages, readRun } from './run-record.ts';

const root = join(import.meta.dirname, '..', '..');

/** Percent of the engine's lines, as c8 summed it up; undefined when there is no summary. */
export function readCoverage(folder: string): number | undefined {
  const file = join(folder, 'coverage', 'coverage-summary.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { total: { lines: { pct: number } } }).total.lines.pct : undefined;
}

/** At most this many objections of one rule are printed; the file has all. */
const SHOWN = 12;

export function printed({ release, rules }: Decision): string {
  const lines = rules.flatMap(({ name, objections }) => [
    `${objections.length ? 'no ' : 'yes'}  ${name}`,
    ...objections.slice(0, SHOWN).map((objection) => `       ${objection}`),
    ...(objections.length > SHOWN ? [`       and ${objections.length - SHOWN} more`] : []),
  ]);
  return [...lines, release ? 'The release may go out.' : 'The release must not go out.'].join('\n');
}

if (process.argv[1] === import.meta.filename) {
  const reports = join(root, 'reports');
  const messages = join(reports, 'messages.ndjson');
  const run = readRun(existsSync(messages) ? readMessages(messages) : []);
  const decision = decide({ run, catalogue: readCatalogue(join(root, 'features')), coverage: readCoverage(reports) });
  if (existsSync(reports)) writeFileSync(join(reports, 'gate.json'), `${JSON.stringify(decision, undefined, 2)}\n`);
  console.log(printed(decision));
  process.exitCode = decision.release ? 0 : 1;
}
