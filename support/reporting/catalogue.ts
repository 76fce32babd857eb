/** The catalogue of documented flows, what the release must hold, what is open and why. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const flow = z.object({
  id: z.string(),
  room: z.string(),
  /** Number of the document and the headings in it. */
  source: z.string(),
  kind: z.string(),
  title: z.string(),
  steps: z.array(z.string()).default([]),
  facts: z.array(z.string()).default([]),
  acceptance: z.array(z.string()).default([]),
});
export type Flow = z.infer<typeof flow>;

/** Short enough to ask for, long enough that it cannot be a word like `todo`. */
const reason = z.string().min(10);

const release = z.strictObject({
  name: z.string(),
  /** Share of the engine's lines that the features alone must run, in percent. */
  coverage: z.number().min(0).max(100),
  scope: z.array(z.strictObject({ flow: z.string(), without: z.record(z.coerce.number().int().positive(), reason).default({}) })),
});
export type Release = z.infer<typeof release>;

/** Reasons why outcomes are open, by outcome (`flow/2`), flow or room; the most particular one counts. */
const open = z.array(z.strictObject({ outcome: z.string().optional(), flow: z.string().optional(), room: z.string().optional(), reason }));
const knownFailures = z.array(z.strictObject({ scenario: z.string(), reason }));

export interface Catalogue {
  readonly flows: readonly Flow[];
  readonly release: Release;
  readonly open: z.infer<typeof open>;
  readonly knownFailures: z.infer<typeof knownFailures>;
}

/** Throws an error that names the file and the place in it. */
function read<T>(path: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(parse(readFileSync(path, 'utf8')) ?? []);
  } catch (cause) {
    const told = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw new Error(`${path} cannot be read as it should:\n${told}`, { cause });
  }
}

export const readCatalogue = (folder: string): Catalogue => ({
  flows: read(join(folder, 'flows.yaml'), z.array(flow)),
  release: read(join(folder, 'release.yaml'), release),
  open: read(join(folder, 'open.yaml'), open),
  knownFailures: read(join(folder, 'known-failures.yaml'), knownFailures),
});
