/** What happens to items between nodes: links to the items they came from, and the ways of failed items. */
import type { Item, PairedItem } from '../sandbox/port.ts';

export type Outputs = readonly (readonly Item[] | null)[];

/** Input items name their own place, so that the node's outputs can point back at it. */
export function relink(items: readonly Item[], input: number): Item[] {
  return items.map((item, index) => ({ ...item, pairedItem: input === 0 ? { item: index } : { item: index, input } }));
}

/**
 * Fills in missing links where only one answer is possible: one input item, or as many items out as in through
 * one input and one output. Stops at the first item for which there is none, as n8n does.
 */
export function repairLinks(outputs: Outputs, inputs: Outputs): Outputs {
  const single = inputs.length === 1 ? inputs[0] : undefined;
  if (!single) return outputs;
  const linkOf =
    single.length === 1 ? () => ({ item: 0 }) : outputs.length === 1 && outputs[0]?.length === single.length ? (index: number) => ({ item: index }) : undefined;
  if (!linkOf) return outputs;
  return outputs.map((items) => items && items.map((item, index) => (item.pairedItem === undefined ? { ...item, pairedItem: linkOf(index) } : item)));
}

/** The item that stands for "nothing came out" under alwaysOutputData; it points at every input item. */
export function placeholder(inputs: Outputs): Item {
  const pairedItem = inputs.flatMap((items, input) => (items ?? []).map((_, item): PairedItem => ({ item, input })));
  return { json: {}, pairedItem };
}

/** Moves failed items to the extra last output, each over the data of the item it came from. */
export function routeErrors(outputs: Outputs, inputs: Outputs, regularOutputs: number): Outputs {
  const failed: Item[] = [];
  const regular = Array.from({ length: regularOutputs }, (_, index) => {
    const items = outputs[index] ?? [];
    failed.push(...items.filter(carriesError).map((item) => overOrigin(item, inputs)));
    return items.filter((item) => !carriesError(item));
  });
  return [...regular, failed];
}

function carriesError({ error, json }: Item): boolean {
  if (error) return true;
  if (!json['error']) return false;
  const fields = Object.keys(json).length;
  return fields === 1 || (fields === 2 && Boolean(json['message']));
}

function overOrigin(item: Item, inputs: Outputs): Item {
  const { error: _error, ...rest } = item;
  const link = Array.isArray(item.pairedItem) ? item.pairedItem[0] : item.pairedItem;
  if (typeof link !== 'object') return rest;
  const origin = inputs[link.input ?? 0]?.[link.item];
  return origin ? { ...rest, json: { ...origin.json, ...item.json } } : rest;
}

/** An item that carries an error shows its message as data. */
export function showErrors(outputs: Outputs): Outputs {
  return outputs.map((items) => items && items.map((item) => (item.error ? { ...item, json: { error: item.error.message } } : item)));
}
