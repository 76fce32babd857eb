/** Nodes that change nothing: what comes in goes out. */
import type { NodeType } from './node-type.ts';
import { anything, choice, flag, json, lists, options, text } from './parameters.ts';

export const noOperation: NodeType = {
  types: ['n8n-nodes-base.noOp'],
  versions: [1],
  kind: 'pure',
  resolves: 'first',
  parameters: [],
  execute: ({ inputs }) => [inputs[0] ?? []],
};

/** Notes on the canvas have no connections, so nothing ever runs them; the type is known so that they pass checks. */
export const stickyNote: NodeType = { ...noOperation, types: ['n8n-nodes-base.stickyNote'], shape: () => ({ inputs: 0, outputs: 0 }), execute: () => null };

/** Searchable values of an execution; the run's own tables are what people search here, so items just pass. */
export const executionData: NodeType = {
  ...noOperation,
  types: ['n8n-nodes-base.executionData'],
  versions: [1, 1.1],
  parameters: [choice('operation', 'save', ['save']), lists('dataToSave', { values: [text('key'), text('value')] })],
};

/** The answer itself is given by whoever holds the request; the node's part is to pass its items on. */
export const respondToWebhook: NodeType = {
  ...noOperation,
  types: ['n8n-nodes-base.respondToWebhook'],
  versions: [1, 1.1, 1.2, 1.3, 1.4, 1.5],
  parameters: [
    flag('enableResponseOutput', false, { show: { '@version': [{ _cnd: { gte: 1.4 } }] } }),
    choice('respondWith', 'firstIncomingItem', ['allIncomingItems', 'binary', 'firstIncomingItem', 'json', 'jwt', 'noData', 'redirect', 'text']),
    text('redirectURL', '', { required: true, show: { respondWith: ['redirect'] } }),
    json('responseBody', '{\n  "myField": "value"\n}', { show: { respondWith: ['json'] } }),
    json('payload', '{\n  "myField": "value"\n}', { show: { respondWith: ['jwt'] } }),
    text('responseBody', '', { show: { respondWith: ['text'] } }),
    choice('responseDataSource', 'automatically', ['automatically', 'set'], { show: { respondWith: ['binary'] } }),
    text('inputFieldName', 'data', { show: { respondWith: ['binary'], responseDataSource: ['set'] } }),
    options([anything('responseCode', 200), anything('responseHeaders', {}), text('responseKey'), flag('enableStreaming', true)]),
  ],
  shape: (parameters) => ({ outputs: parameters.flag('enableResponseOutput') ? 2 : 1 }),
};
