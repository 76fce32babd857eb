/** The catalogue of documented flows, what the release must hold, what is open and why. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const flow = z.object({
  id: z.string(),
  room: z.string(),
  source: z.string(),
  kind: z.string(),
  title: z.string(),
  acceptance: z.array(z.string()).default([]),
});
export type Flow = z.infer<typeof flow>;

const release = z.strictObject({
  name: z.string(),
  /** Share of the engine's lines that the features alone must run, in percent. */
  coverage: z.number(),
  scope: z.array(z.strictObject({ flow: z.string(), without: z.record(z.coerce.number(), z.string()).default({}) })),
});
export type Release = z.infer<typeof release>;

/** Reasons why outcomes are open, by outcome (`flow/2`), flow or room; the most particular one counts. */
const open = z.array(
  z.strictObject({ outcome: z.string().optional(), flow: z.string().optional(), room: z.string().optional(), reason: z.string().min(10) }),
);
const knownFailures = z.array(z.strictObject({ scenario: z.string(), reason: z.string().min(10) }));

export interface Catalogue {
  readonly flows: readonly Flow[];
  readonly release: Release;
  readonly open: z.infer<typeof open>;
  readonly knownFailures: z.infer<typeof knownFailures>;
}

export function readCatalogue(folder: string): Catalogue {
  const read = <T>(file: string, schema: z.ZodType<T>) => schema.parse(parse(readFileSync(join(folder, file), 'utf8')) ?? []);
  return {
    flows: read('flows.yaml', z.array(flow)),
    release: read('release.yaml', release),
    open: read('open.yaml', open),
    knownFailures: read('known-failures.yaml', knownFailures),
  };
}
