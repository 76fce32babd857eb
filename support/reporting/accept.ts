/**
 * `npm run test:acceptance`: the features against real processes, the engine's coverage by them, and the reports.
 * Arguments are handed to cucumber-js: `npm run test:acceptance -- --name "Three steps"`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { readCatalogue } from './catalogue.ts';
import { decide } from './gate.ts';
import { readCoverage } from './gate-command.ts';
import { readMessages, readRun, type RunRecord } from './run-record.ts';
import { writeSite } from './site.ts';

const root = join(import.meta.dirname, '..', '..');
const reports = join(root, 'reports');
const require = createRequire(import.meta.url);
const binary = (name: string, file: string) => join(dirname(require.resolve(`${name}/package.json`)), file);

/** Workers beyond the cores only wait for the engines; with two cores and mostly I/O, four keep both busy. */
const WORKERS = process.env['HIVE_WORKERS'] ?? '4';

async function runCucumber(given: readonly string[]): Promise<number> {
  const cucumber = [binary('@cucumber/cucumber', 'bin/cucumber.js'), ...(given.includes('--parallel') ? [] : ['--parallel', WORKERS]), ...given];
  const c8 = [binary('c8', 'bin/c8.js'), '--all', '--src', 'engine', '--include', 'engine/**/*.ts', '--exclude', '**/*.test.ts', '--exclude', '**/port.ts', '--reporter', 'json-summary', '--reporter', 'text-summary', '--reporter', 'html',
    '--reports-dir', join(reports, 'coverage'), '--temp-directory', join(reports, 'coverage-raw')];
  const child = spawn(process.execPath, [...c8, process.execPath, ...cucumber], { cwd: root, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

/** `N passed, N failed`, in scenarios: undefined, pending and skipped count as failed, a rerun counts once. */
export function countLine({ scenarios }: RunRecord): string {
  const passed = scenarios.filter((scenario) => scenario.status === 'passed').length;
  return `${passed} passed, ${scenarios.length - passed} failed`;
}

function report(): string {
  const run = readRun(readMessages(join(reports, 'messages.ndjson')));
  const catalogue = readCatalogue(join(root, 'features'));
  const coverage = readCoverage(reports);
  const decision = decide({ run, catalogue, coverage });
  const index = writeSite({ run, catalogue, decision, coverage, features: join(root, 'features'), into: join(reports, 'site') });
  writeFileSync(join(reports, 'counts.txt'), `${countLine(run)}\n`);
  return `${countLine(run)}\nLiving documentation: ${index}`;
}

if (process.argv[1] === import.meta.filename) {
  mkdirSync(reports, { recursive: true });
  for (const old of ['messages.ndjson', 'coverage', 'coverage-raw']) rmSync(join(reports, old), { recursive: true, force: true });
  const code = await runCucumber(process.argv.slice(2));
  console.log(existsSync(join(reports, 'messages.ndjson')) ? report() : 'no scenario ran');
  process.exitCode = code;
}
