/** What a simulated model says: words, JSON of a schema, or a tool call, always the same for the same request. */
import { chanceFrom, seedOf, type Chance } from './chance.ts';

const WORDS =
  'the workflow reads each order and checks its total before the invoice goes out so a late answer never blocks what follows while the second step waits for a free slot and then stores its result with the key that the first one gave'.split(' ');

type Schema = Record<string, unknown>;

export interface Tool {
  readonly function?: { readonly name?: string; readonly parameters?: Schema };
}

export interface Wanted {
  readonly model: string;
  readonly prompt: string;
  /** Of the agent and of the request's options. */
  readonly seed: readonly (string | number)[];
  readonly format: unknown;
  /** num_predict; undefined or negative: until the model is done. */
  readonly mostTokens: number | undefined;
}

const pick = <T>(list: readonly T[], chance: Chance): T => list[Math.floor(chance() * list.length)]!;

function sentence(count: number, chance: Chance): string {
  const words = Array.from({ length: count }, () => pick(WORDS, chance));
  return `${words.join(' ')}.`.replace(/^./, (first) => first.toUpperCase());
}

const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A value that a JSON Schema's common keywords allow. Depth is bounded: schemas may refer to themselves in spirit. */
export function valueFor(schema: unknown, chance: Chance, depth = 0): unknown {
  if (!isSchema(schema) || depth > 8) return null;
  if (Array.isArray(schema['enum'])) return pick(schema['enum'], chance);
  if ('const' in schema) return schema['const'];
  const type = Array.isArray(schema['type']) ? schema['type'][0] : schema['type'];
  const numeric = (schema['minimum'] as number | undefined) ?? 0;
  switch (type) {
    case 'object': return Object.fromEntries(Object.entries((schema['properties'] as Schema | undefined) ?? {}).map(([key, child]) => [key, valueFor(child, chance, depth + 1)]));
    case 'array': return Array.from({ length: Math.max(Number(schema['minItems'] ?? 2), 0) }, () => valueFor(schema['items'], chance, depth + 1));
    case 'integer': return Math.ceil(numeric) + Math.floor(chance() * 10);
    case 'number': return numeric + Math.round(chance() * 100) / 100;
    case 'boolean': return chance() < 0.5;
    case 'null': return null;
    default: return sentence(3, chance);
  }
}

/** Pieces of about the size of a token; joined they are the text again. */
export const tokensOf = (text: string): string[] => text.match(/\s*\S{1,6}/g) ?? [];

/** About four characters a token, as with the real tokenizers. */
export const countTokens = (text: string) => Math.max(1, Math.ceil(text.length / 4));

export const chanceOf = ({ model, prompt, seed }: Pick<Wanted, 'model' | 'prompt' | 'seed'>) => chanceFrom(seedOf(model, prompt, ...seed));

export function speak(wanted: Wanted): { tokens: string[]; doneReason: 'stop' | 'length' } {
  const chance = chanceOf(wanted);
  const { format, mostTokens } = wanted;
  const text = isSchema(format) ? JSON.stringify(valueFor(format, chance)) : format === 'json' ? JSON.stringify({ answer: sentence(5, chance) }) : sentence(12 + Math.floor(chance() * 24), chance);
  const tokens = tokensOf(text);
  return mostTokens !== undefined && mostTokens >= 0 && mostTokens < tokens.length ? { tokens: tokens.slice(0, mostTokens), doneReason: 'length' } : { tokens, doneReason: 'stop' };
}

/** A model calls a tool when the prompt names it. */
export function toolCall(tools: readonly Tool[], wanted: Pick<Wanted, 'model' | 'prompt' | 'seed'>): { name: string; arguments: unknown } | undefined {
  const named = tools.find(({ function: tool }) => tool?.name && wanted.prompt.includes(tool.name))?.function;
  return named?.name ? { name: named.name, arguments: valueFor({ type: 'object', ...named.parameters }, chanceOf(wanted)) } : undefined;
}

/** A unit vector, near for texts that share words. */
export function embedding(text: string, dimensions: number): number[] {
  const sums = new Array<number>(dimensions).fill(0);
  for (const word of text.toLowerCase().match(/\w+/g) ?? ['']) {
    const chance = chanceFrom(seedOf(word));
    for (let axis = 0; axis < dimensions; axis += 1) sums[axis]! += chance() - 0.5;
  }
  const length = Math.hypot(...sums) || 1;
  return sums.map((value) => value / length);
}
