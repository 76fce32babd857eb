/** Joining two lists by the values of fields, as a database would. */
import type { Item } from '../sandbox/port.ts';
import { combineItems, combineWith, exactly, fuzzily, suffixed, type ClashHandling, type Compare } from './combine.ts';
import { NodeFault } from './fault.ts';
import { candidatesAmong, requireFewPairs } from './pairing.ts';
import { getPath } from './paths.ts';

export type JoinMode = 'keepMatches' | 'keepNonMatches' | 'keepEverything' | 'enrichInput1' | 'enrichInput2';

export interface Join {
  readonly pairs: readonly { readonly field1: string; readonly field2: string }[];
  readonly mode: JoinMode;
  readonly outputDataFrom: string;
  /** Whether field names are paths. */
  readonly dots: boolean;
  readonly fuzzy: boolean;
  /** Only the first match of an item counts. */
  readonly first: boolean;
  readonly clash: ClashHandling;
  /** A field that no item has is an error; else such items just do not match. */
  readonly strict: boolean;
}

interface Match {
  readonly one: Item;
  readonly other: Item;
}

interface Matches {
  readonly matched: readonly Match[];
  /** Of input 1 and input 2, in their own order. */
  readonly with: readonly [readonly Item[], readonly Item[]];
  readonly without: readonly [readonly Item[], readonly Item[]];
}

export function joinByFields(first: readonly Item[], second: readonly Item[], join: Join): Item[] {
  const { mode, outputDataFrom, clash } = join;
  requirePairs(join);
  const side = outputDataFrom === 'input1' ? 0 : outputDataFrom === 'input2' ? 1 : undefined;
  if (join.strict) requireFields([first, second], join);
  if (first.length === 0 || second.length === 0) return joinWithNothing([first, second], mode, side);
  const matches = findMatches(first, second, join);
  const [rest1, rest2] = matches.without;
  if (mode === 'keepNonMatches') return side === undefined ? [...rest1.map((item) => sourced(item, 'input1')), ...rest2.map((item) => sourced(item, 'input2'))] : [...matches.without[side]];
  if (mode === 'keepMatches' && side !== undefined) return [...matches.with[side]];
  const merged = matches.matched.map((match) => mergeMatch(match, clash));
  const extra = [...(mode === 'keepEverything' || mode === 'enrichInput1' ? renamed(rest1, clash, 1) : []), ...(mode === 'keepEverything' || mode === 'enrichInput2' ? renamed(rest2, clash, 2) : [])];
  return [...merged, ...extra];
}

function joinWithNothing([first, second]: readonly [readonly Item[], readonly Item[]], mode: JoinMode, side: 0 | 1 | undefined): Item[] {
  if (mode === 'keepMatches' || (mode === 'enrichInput1' && first.length === 0) || (mode === 'enrichInput2' && second.length === 0)) return [];
  if (mode === 'keepNonMatches' && side !== undefined) return [...(side === 0 ? first : second)];
  return [...first, ...second];
}

function requirePairs({ pairs }: Join): void {
  if (pairs.length === 0 || (pairs.length === 1 && !pairs[0]?.field1 && !pairs[0]?.field2))
    throw new NodeFault('You need to define at least one pair of fields in "Fields to Match" to match on');
  for (const [index, { field1, field2 }] of pairs.entries())
    if (!field1 || !field2) throw new NodeFault(`You need to define both fields in "Fields to Match" for pair ${index + 1}, field 1 = '${field1 ?? ''}' field 2 = '${field2 ?? ''}'`);
}

const fieldOf = (item: Item, name: string, dots: boolean) => (dots ? getPath(item.json, name) : item.json[name]);

function requireFields([first, second]: readonly [readonly Item[], readonly Item[]], { pairs, dots }: Join): void {
  for (const { field1, field2 } of pairs)
    for (const [items, field, input] of [[first, field1, 'Input 1'], [second, field2, 'Input 2']] as const)
      if (!items.some((item) => fieldOf(item, field, dots) !== undefined)) throw new NodeFault(`Field '${field}' is not present in any of items in '${input}'`);
}

/** Walks the input that is to be enriched (else the first), so that results keep its order. */
function findMatches(first: readonly Item[], second: readonly Item[], join: Join): Matches {
  const { pairs, dots, mode } = join;
  const equal = join.fuzzy ? fuzzily() : exactly;
  const swapped = mode === 'enrichInput2';
  const [leading, following] = swapped ? [second, first] : [first, second];
  const keys = pairs.map(({ field1, field2 }) => (swapped ? { own: field2, other: field1 } : { own: field1, other: field2 }));
  const candidates = candidatesAmong(following, (item) => fieldOf(item, keys[0]!.other, dots), equal);
  const matched: Match[] = [];
  const found: [Set<Item>, Set<Item>] = [new Set(), new Set()];
  for (const item of leading) {
    const wanted = keys.map(({ own, other }) => ({ name: other, value: fieldOf(item, own, dots) }));
    if (wanted.some(({ value }) => value === undefined)) continue;
    const all = candidates(wanted[0]!.value).filter((candidate) => wanted.every(({ name, value }) => matchesField(candidate, { name, value, dots, equal })));
    requireFewPairs(matched.length + all.length);
    for (const other of join.first ? all.slice(0, 1) : all) {
      matched.push(swapped ? { one: other, other: item } : { one: item, other });
      found[swapped ? 1 : 0].add(item);
      found[swapped ? 0 : 1].add(other);
    }
  }
  return {
    matched,
    with: [first.filter((item) => found[0].has(item)), second.filter((item) => found[1].has(item))],
    without: [first.filter((item) => !found[0].has(item)), second.filter((item) => !found[1].has(item))],
  };
}

function matchesField(item: Item, wanted: { name: string; value: unknown; dots: boolean; equal: Compare }): boolean {
  return wanted.equal(fieldOf(item, wanted.name, wanted.dots), wanted.value);
}

function mergeMatch({ one, other }: Match, clash: ClashHandling): Item {
  const combine = combineWith(clash);
  if (clash.resolveClash === 'addSuffix') return combineItems(combine, [suffixed(one, 1), suffixed(other, 2)]);
  return combineItems(combine, clash.resolveClash === 'preferInput1' ? [other, one] : [one, other]);
}

const renamed = (items: readonly Item[], { resolveClash }: ClashHandling, suffix: number) => (resolveClash === 'addSuffix' ? items.map((item) => suffixed(item, suffix)) : items);
const sourced = (item: Item, source: string): Item => ({ ...item, json: { ...item.json, _source: source } });
