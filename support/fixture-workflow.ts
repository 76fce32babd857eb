/** Loads a fixture workflow by the name that features use: "Order intake" stands in workflows/order-intake.json. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface FixtureWorkflow {
  readonly name: string;
  readonly nodes: readonly { name: string; type: string }[];
  readonly connections: object;
}

const PLACEHOLDER = 'http://web-service.test';

export function fixtureWorkflow(name: string, webServiceUrl: string): FixtureWorkflow {
  const file = join(import.meta.dirname, '..', 'fixtures', 'workflows', `${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.json`);
  return JSON.parse(readFileSync(file, 'utf8').replaceAll(PLACEHOLDER, webServiceUrl)) as FixtureWorkflow;
}
