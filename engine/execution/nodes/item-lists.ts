/** Item Lists: the predecessor of Split Out, Aggregate, Remove Duplicates, Sort, Limit and Summarize, which do its work. */
import type { Item } from '../sandbox/port.ts';
import { aggregate } from './aggregate.ts';
import { limit, sort } from './lists.ts';
import type { NodeType } from './node-type.ts';
import { choice, type Parameter } from './parameters.ts';
import { removeDuplicates } from './remove-duplicates.ts';
import { splitOut } from './split-out.ts';
import { summarize } from './summarize.ts';

const operations: Readonly<Record<string, NodeType>> = {
  splitOutItems: splitOut,
  aggregateItems: aggregate,
  concatenateItems: aggregate,
  removeDuplicates,
  sort,
  limit,
  summarize,
};

const forOperation = ([operation, { parameters }]: [string, NodeType]): Parameter[] => parameters.map((parameter) => ({ ...parameter, show: { ...parameter.show, operation: [operation] } }));

export const itemLists: NodeType = {
  types: ['n8n-nodes-base.itemLists'],
  versions: [1, 2, 2.1, 2.2, 3, 3.1],
  kind: 'pure',
  resolves: 'each',
  parameters: [choice('operation', 'splitOutItems', Object.keys(operations)), ...Object.entries(operations).flatMap(forOperation)],
  async execute(call) {
    const operation = call.at(0).text('operation');
    const result = await (operations[operation] as NodeType).execute(call);
    // Before version 3 whole items that were gathered into a list left no links.
    const unlinked = operation === 'aggregateItems' && call.at(0).text('aggregate') === 'aggregateAllItemData';
    return unlinked ? (result as readonly (readonly Item[])[]).map((items) => items.map(({ json }) => ({ json }))) : result;
  },
};
