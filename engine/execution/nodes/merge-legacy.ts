/** Merge 1: pairs by position or key, with its own names for the modes. */
import type { Item } from '../sandbox/port.ts';
import { linksOf } from './combine.ts';
import type { NodeCall, NodeType } from './node-type.ts';
import { requireFewPairs } from './pairing.ts';
import { choice, text } from './parameters.ts';
import { copy, getPath } from './paths.ts';
import type { Values } from './values.ts';

const keyModes = { mode: ['keepKeyMatches', 'mergeByKey', 'removeKeyMatches'] };

export const mergeV1: NodeType = {
  types: ['n8n-nodes-base.merge'],
  versions: [1],
  kind: 'pure',
  resolves: 'first',
  parameters: [
    choice('mode', 'append', ['append', 'keepKeyMatches', 'mergeByIndex', 'mergeByKey', 'multiplex', 'passThrough', 'removeKeyMatches', 'wait']),
    choice('join', 'left', ['inner', 'left', 'outer'], { show: { mode: ['mergeByIndex'] } }),
    text('propertyName1', '', { required: true, show: keyModes }),
    text('propertyName2', '', { required: true, show: keyModes }),
    choice('output', 'input1', ['input1', 'input2'], { show: { mode: ['passThrough'] } }),
    choice('overwrite', 'always', ['always', 'blank', 'undefined'], { show: { mode: ['mergeByKey'] } }),
  ],
  shape: () => ({ inputs: 2 }),
  execute: (call) => [mergeItems(call, call.at(0))],
};

function mergeItems({ inputs }: NodeCall, parameters: Values): Item[] {
  const [first = [], second = []] = inputs;
  switch (parameters.text('mode')) {
    case 'append':
      return [...first, ...second];
    case 'mergeByIndex':
      return byIndex(first, second, parameters.text('join'));
    case 'mergeByKey':
      return byKey(first, second, parameters);
    case 'multiplex':
      requireFewPairs(first.length * second.length);
      return first.flatMap((one) => second.map((other): Item => ({ json: { ...one.json, ...other.json }, pairedItem: linksOf(one, other) })));
    case 'keepKeyMatches':
    case 'removeKeyMatches':
      return byPresence(first, second, parameters);
    case 'passThrough':
      return [...(parameters.text('output') === 'input1' ? first : second)];
    default:
      return [{ json: {} }];
  }
}

function byIndex(first: readonly Item[], second: readonly Item[], join: string): Item[] {
  if (first.length === 0) return join === 'outer' ? [...second] : [];
  const rows = join === 'inner' ? Math.min(first.length, second.length) : join === 'outer' ? Math.max(first.length, second.length) : first.length;
  return Array.from({ length: rows }, (_, row) => {
    const [one, other] = [first[row], second[row]];
    if (!one || !other) return (one ?? other) as Item;
    const binary = { ...one.binary, ...other.binary };
    return { json: { ...copy(one.json), ...other.json }, ...(Object.keys(binary).length > 0 && { binary }), pairedItem: linksOf(one, other) };
  });
}

function byKey(first: readonly Item[], second: readonly Item[], parameters: Values): Item[] {
  const overwrite = parameters.text('overwrite', 'always');
  const byValue = new Map(second.map((item) => [getPath(item.json, parameters.text('propertyName2')), item]));
  byValue.delete(undefined);
  return first.map((item) => {
    const found = byValue.get(getPath(item.json, parameters.text('propertyName1')));
    if (!found) return item;
    const json = copy(item.json);
    for (const [name, value] of Object.entries(found.json)) if (mayOverwrite(json[name], overwrite)) json[name] = value;
    return { ...item, json, pairedItem: linksOf(item, found) };
  });
}

function mayOverwrite(value: unknown, overwrite: string): boolean {
  return overwrite === 'always' || value === undefined || (overwrite === 'blank' && (value === null || value === ''));
}

/** Those whose key the second input has, or has not. */
function byPresence(first: readonly Item[], second: readonly Item[], parameters: Values): Item[] {
  const [own, other] = [parameters.text('propertyName1'), parameters.text('propertyName2')];
  const present = new Set(second.map((item) => getPath(item.json, other)));
  present.delete(undefined);
  return first.filter((item) => present.has(getPath(item.json, own)) === (parameters.text('mode') === 'keepKeyMatches'));
}
