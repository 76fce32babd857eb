/**
 * How much of the engine the features run. V8 counts in every process that starts with NODE_V8_COVERAGE, engines
 * included; c8 puts the counts together afterwards.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { RunRecord } from './run-record.ts';

const root = join(import.meta.dirname, '..', '..');
const c8 = createRequire(import.meta.url).resolve('c8/bin/c8.js');

/** The environment that makes a process, and all that it starts, leave its counts in the folder of reports. */
export const countingIn = (reports: string) => ({ NODE_V8_COVERAGE: join(reports, 'coverage-raw') });

/** Lines at the margin that open a statement; all others carry one on, close it, or are comments. */
const OPENING = /^[\w@'"`[({;!+-].*/gm;
const TYPES = /^(?:import type|export type|export interface|interface|type|declare)\b/;

/** Whether a file says nothing but types. Such a file is never loaded, and all of it would count as not run. */
export const isTypesOnly = (source: string): boolean => (source.replace(/\/\*[\s\S]*?\*\//g, '').match(OPENING) ?? []).every((line) => TYPES.test(line));

/** Lines of files that hold types alone are no lines that could run, and tests are not the engine. */
function leftOut(): string[] {
  const files = globSync('engine/**/*.ts', { cwd: root });
  return files.filter((file) => file.endsWith('.test.ts') || isTypesOnly(readFileSync(join(root, file), 'utf8')));
}

/** Writes `coverage/index.html` and its summary; false when there was nothing to sum up. */
export function sumUp(reports: string, { timing }: RunRecord): boolean {
  if (!existsSync(countingIn(reports).NODE_V8_COVERAGE) || !timing.startedAt) return false;
  const folder = join(reports, 'coverage');
  const given = ['--all', '--src', 'engine', '--include', 'engine/**/*.ts', ...leftOut().flatMap((file) => ['--exclude', file]), '--reporter', 'json-summary', '--reporter', 'html', '--reports-dir', folder, '--temp-directory', countingIn(reports).NODE_V8_COVERAGE];
  const { status, stderr } = spawnSync(process.execPath, [c8, 'report', ...given], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`c8 could not sum up the coverage: ${stderr}`);
  writeFileSync(join(folder, 'run.txt'), `${timing.startedAt.toISOString()}\n`);
  return true;
}

/** Percent of the engine's lines; undefined when it was not measured, or in another run than this one. */
export function readCoverage(reports: string, { timing }: RunRecord): number | undefined {
  const [summary, run] = [join(reports, 'coverage', 'coverage-summary.json'), join(reports, 'coverage', 'run.txt')];
  if (!existsSync(summary) || !existsSync(run) || readFileSync(run, 'utf8').trim() !== timing.startedAt?.toISOString()) return undefined;
  return (JSON.parse(readFileSync(summary, 'utf8')) as { total: { lines: { pct: number } } }).total.lines.pct;
}
