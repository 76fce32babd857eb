/**
 * `npm run test:acceptance`: the features against real processes, the engine's coverage by them, and the reports.
 * Arguments are handed to cucumber-js: `npm run test:acceptance -- --name "Three steps"`. `HIVE_WORKERS` sets how many
 * scenarios run at a time, `HIVE_REPORTS` another folder for the evidence.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { readCatalogue } from './catalogue.ts';
import { countingIn, readCoverage, sumUp } from './coverage.ts';
import { decide } from './gate.ts';
import { junitOf } from './junit.ts';
import { readMessages } from './messages.ts';
import { readRun, type RunRecord } from './run-record.ts';
import { writeSite } from './site/index.ts';
import { consoleSummary, countLine, markdownSummary } from './summary.ts';

const root = join(import.meta.dirname, '..', '..');
const reports = resolve(root, process.env['HIVE_REPORTS'] ?? 'reports');
const messages = join(reports, 'messages.ndjson');
const cucumber = join(dirname(createRequire(import.meta.url).resolve('@cucumber/cucumber/package.json')), 'bin', 'cucumber.js');

/** Workers beyond the cores only wait for the engines; with two cores and mostly I/O, four keep both busy. */
const WORKERS = process.env['HIVE_WORKERS'] ?? '4';
/** As a shell tells of a command that SIGINT ended. */
const INTERRUPTED = 130;

/** What an earlier run left would otherwise be taken for evidence of this one. */
function clear() {
  mkdirSync(reports, { recursive: true });
  for (const old of ['messages.ndjson', 'coverage', 'coverage-raw', 'site', 'junit.xml', 'summary.md', 'counts.txt', 'gate.json']) rmSync(join(reports, old), { recursive: true, force: true });
}

/**
 * In a process group of its own: after Ctrl-C cucumber-js is told once, by this process, and not a second time by the
 * terminal while it takes its stores down.
 */
function startCucumber(given: readonly string[]): ChildProcess {
  const parallel = given.includes('--parallel') ? [] : ['--parallel', WORKERS];
  // The profile writes the messages there already; a second writer would spoil the file.
  const format = ['--format', 'progress'];
  return spawn(process.execPath, ['--import', join(import.meta.dirname, 'end-with-runner.ts'), cucumber, ...parallel, ...format, ...given], {
    cwd: root, detached: true, stdio: ['ignore', 'inherit', 'inherit', 'ipc'], env: { ...process.env, ...countingIn(reports) },
  });
}

async function runCucumber(given: readonly string[]): Promise<number> {
  const child = startCucumber(given);
  let told = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (!told) child.kill('SIGINT');
      told = true;
    });
  const [code] = (await once(child, 'exit')) as [number | null];
  return told ? INTERRUPTED : (code ?? 1);
}

/** Seconds that a piece of work took, said beside its name: reports must not become slow unnoticed. */
function timed<Result>(what: string, work: () => Result): Result {
  const startedAt = performance.now();
  const result = work();
  console.log(`${what} took ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
  return result;
}

function report(run: RunRecord) {
  timed('Summing up the coverage', () => sumUp(reports, run));
  const features = join(root, 'features');
  const [catalogue, coverage] = [readCatalogue(features), readCoverage(reports, run)];
  const decision = decide({ run, catalogue, coverage });
  const index = timed('Writing the living documentation', () => writeSite({ run, catalogue, decision, coverage, features, into: join(reports, 'site') }));
  for (const [file, content] of Object.entries({ 'junit.xml': junitOf(run), 'summary.md': markdownSummary({ run, decision, coverage }), 'counts.txt': `${countLine(run)}\n` })) writeFileSync(join(reports, file), content);
  if (coverage !== undefined) console.log(`The features ran ${coverage} % of the engine's lines`);
  console.log(`Living documentation: ${index}`);
}

clear();
const code = await runCucumber(process.argv.slice(2));
process.exitCode = code;
if (code === INTERRUPTED) console.log('interrupted; there is no report of a run that did not come to its end');
else if (!existsSync(messages)) console.log('no scenario ran');
else {
  const run = readRun(readMessages(messages));
  console.log(`\n${consoleSummary(run)}\n`);
  try {
    report(run);
  } finally {
    console.log(countLine(run));
  }
}
