/** What the repository really holds, for the tests that hold its documents against it. */
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');
export const read = (file: string) => readFileSync(join(root, file), 'utf8');
export const foldersOf = (folder: string) => readdirSync(join(root, folder), { withFileTypes: true }).filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name).sort();
export const filesOf = (pattern: string) => globSync(pattern, { cwd: root }).sort();

/** The text under a heading of the second level, up to the next one. */
export function section(document: string, heading: string): string {
  const [, found] = document.split(new RegExp(`^## ${heading}$`, 'm'));
  if (found === undefined) throw new Error(`there is no section "${heading}"; its tests have to follow when it is renamed`);
  return found.split(/^## /m)[0]!;
}

/** Everything in backquotes. */
export const quoted = (text: string) => [...text.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!);
