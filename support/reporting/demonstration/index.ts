/**
 * `npm run gate:demonstration`: shows that each rule of the gate can say no, and for which reason. cucumber-js really
 * runs the features of a small kitchen, the gate's command really judges what it left; nothing of the platform is
 * needed. What was judged stays in reports/demonstration.
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Decision } from '../gate.ts';
import { readMessages } from '../messages.ts';
import { readRun } from '../run-record.ts';
import { demonstrations, type Demonstration, type KitchenRun } from './demonstrations.ts';
import { kitchenCatalogue } from './kitchen/catalogue.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const kitchen = join(import.meta.dirname, 'kitchen');
const output = join(root, 'reports', 'demonstration');
const cucumber = join(createRequire(import.meta.url).resolve('@cucumber/cucumber/package.json'), '..', 'bin', 'cucumber.js');
const gate = join(import.meta.dirname, '..', 'gate-command.ts');

/** Processes at a time: two start-ups share two cores well, more only wait. */
const AT_ONCE = 2;
const LIMIT_MS = 60_000;

/** Exit code of a Node process. A process that had to be ended counts as -1. */
function exitCodeOf(given: readonly string[], cwd: string): Promise<number> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, given, { cwd, timeout: LIMIT_MS }, (error) => resolve(error ? (child.exitCode ?? -1) : 0));
  });
}

async function eachOf<Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  const rest = items.entries();
  const worker = async () => {
    for (const [index, item] of rest) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

const nameOf = ({ also = 'clean', given = [] }: KitchenRun) => [also, ...given].join(' ').replace(/\W+/g, '-');
const folderOf = (run: KitchenRun) => join(output, 'runs', nameOf(run));

/** The exit code of cucumber-js; its messages lie in the run's folder. */
async function cook(run: KitchenRun): Promise<number> {
  const features = join(folderOf(run), 'features', 'kitchen');
  mkdirSync(features, { recursive: true });
  for (const file of ['clean', ...(run.also ? [run.also] : [])]) cpSync(join(kitchen, `${file}.feature`), join(features, `${file}.feature`));
  return exitCodeOf([cucumber, '--config', join('..', '..', '..', '..', 'support', 'reporting', 'demonstration', 'kitchen', 'cucumber.js'), ...(run.given ?? [])], folderOf(run));
}

/** Lays the evidence out as a real run would leave it. */
function layOut({ shows, run, catalogue, coverage = { lines: 90 }, torn }: Demonstration): { features: string; reports: string } {
  const reports = join(output, 'judged', shows.replace(/\W+/g, '-'));
  const features = join(reports, 'features');
  mkdirSync(features, { recursive: true });
  const { flows, release, open, knownFailures } = { ...kitchenCatalogue, ...catalogue };
  for (const [file, content] of Object.entries({ flows, release, open, 'known-failures': knownFailures })) writeFileSync(join(features, `${file}.yaml`), stringify(content));
  const messages = readFileSync(join(folderOf(run), 'messages.ndjson'), 'utf8');
  writeFileSync(join(reports, 'messages.ndjson'), torn ? messages.slice(0, -20) : messages);
  mkdirSync(join(reports, 'coverage'), { recursive: true });
  const { startedAt } = readRun(readMessages(join(reports, 'messages.ndjson'))).timing;
  writeFileSync(join(reports, 'coverage', 'run.txt'), coverage.lines === undefined ? 'another run' : (startedAt?.toISOString() ?? ''));
  writeFileSync(join(reports, 'coverage', 'coverage-summary.json'), JSON.stringify({ total: { lines: { pct: coverage.lines ?? 90 } } }));
  return { features, reports };
}

/** What the gate did otherwise than it should; empty when all is right. */
function faultsOf({ objections }: Demonstration, code: number, decision: Decision): string[] {
  const expected = Object.keys(objections).length === 0 ? 0 : 1;
  const objecting = decision.rules.filter((rule) => rule.objections.length > 0);
  return [
    ...(code === expected ? [] : [`exit code ${code} instead of ${expected}`]),
    ...objecting.filter(({ name }) => !(name in objections)).map((rule) => `"${rule.name}" objects and should not: ${rule.objections[0]}`),
    ...Object.entries(objections)
      .filter(([name, wanted]) => !objecting.some((rule) => rule.name === name && rule.objections.some((objection) => wanted.test(objection))))
      .map(([name, wanted]) => `"${name}" does not say ${wanted}`),
  ];
}

async function judge(demonstration: Demonstration, cookedWith: ReadonlyMap<string, number>): Promise<boolean> {
  const { features, reports } = layOut(demonstration);
  const code = await exitCodeOf([gate, '--features', features, '--reports', reports], root);
  const decision = JSON.parse(readFileSync(join(reports, 'gate.json'), 'utf8')) as Decision;
  const faults = faultsOf(demonstration, code, decision);
  const codes = `cucumber-js ${cookedWith.get(nameOf(demonstration.run))}, gate ${code}`;
  const reason = decision.rules.flatMap((rule) => rule.objections)[0] ?? 'nothing to object to';
  console.log(`${faults.length ? 'WRONG' : code === 0 ? 'yes  ' : 'no   '} ${demonstration.shows.padEnd(52)} (${codes}) ${faults.length ? faults.join('; ') : reason}`);
  return faults.length === 0;
}

rmSync(output, { recursive: true, force: true });
const runs = [...new Map(demonstrations.map(({ run }) => [nameOf(run), run])).entries()];
const codes = await eachOf(runs, async ([name, run]) => [name, await cook(run)] as const);
const verdicts = await eachOf(demonstrations, (demonstration) => judge(demonstration, new Map(codes)));
const wrong = verdicts.filter((right) => !right).length;
console.log(`${verdicts.length} demonstrations, ${wrong ? `${wrong} not as they should be` : 'all as they should be'}`);
process.exitCode = wrong ? 1 : 0;
