/**
 * Pairing two lists, kept from stopping the process: 5,000 items with 5,000 are 25 million pairs, more than the
 * memory that everybody's executions share. Nothing of that could be recorded anyway: a step's output may weigh 16 MiB.
 */
import type { Item } from '../sandbox/port.ts';
import { exactly, type Compare } from './combine.ts';
import { NodeFault } from './fault.ts';

/** The smallest items that still fit into a step's output. */
const MOST_PAIRS = 250_000;
/** About a second. */
const MOST_COMPARISONS = 5_000_000;

const advice = 'Filter the inputs first, or work on fewer items at a time.';

/** Throws NodeFault when so many pairs are too many. */
export function requireFewPairs(pairs: number): void {
  if (pairs > MOST_PAIRS) throw new NodeFault(`The two inputs make more than ${MOST_PAIRS} pairs`, { name: 'TooManyPairs', description: advice });
}

/**
 * Finds the items that may equal a value: by a table where equality is exact, else all of them. Throws NodeFault
 * when the candidates so far are too many to look at.
 */
export function candidatesAmong(items: readonly Item[], read: (item: Item) => unknown, equal: Compare): (value: unknown) => readonly Item[] {
  const byValue = equal === exactly ? Map.groupBy(items, (item) => keyOf(read(item))) : undefined;
  let looked = 0;
  return (value) => {
    const found = byValue ? (byValue.get(keyOf(value)) ?? []) : items;
    looked += found.length;
    if (looked > MOST_COMPARISONS) throw new NodeFault(`The two inputs need more than ${MOST_COMPARISONS} comparisons`, { name: 'TooManyPairs', description: advice });
    return found;
  };
}

/** Objects equal by content, which no table finds: they share one key. */
const objects = Symbol('objects');
const keyOf = (value: unknown) => (typeof value === 'object' && value !== null ? objects : value);
