/** Stop and Error: fails the execution on purpose, with the author's own words. */
import { NodeFault } from './fault.ts';
import type { NodeType } from './node-type.ts';
import { choice, json, text } from './parameters.ts';

export const stopAndError: NodeType = {
  types: ['n8n-nodes-base.stopAndError'],
  versions: [1],
  kind: 'pure',
  resolves: 'first',
  parameters: [
    choice('errorType', 'errorMessage', ['errorMessage', 'errorObject']),
    text('errorMessage', '', { required: true, show: { errorType: ['errorMessage'] } }),
    json('errorObject', '', { required: true, show: { errorType: ['errorObject'] } }),
  ],
  shape: () => ({ outputs: 0 }),
  execute(call) {
    const parameters = call.at(0);
    if (parameters.text('errorType') === 'errorMessage') throw new NodeFault(parameters.text('errorMessage'));
    throw faultFromObject(parameters.raw('errorObject'));
  },
};

/** The first of the fields in which services put their messages. */
const messageFields = ['message', 'error', 'description', 'details', 'reason', 'cause'];

function faultFromObject(value: unknown): NodeFault {
  const object = typeof value === 'string' ? parsed(value) : value;
  const facts = (typeof object === 'object' && object !== null ? object : {}) as Record<string, unknown>;
  const found = messageFields.map((field) => facts[field]).find((one) => typeof one === 'string' && one !== '');
  return new NodeFault((found as string | undefined) ?? `Error: ${JSON.stringify(object)}`, { context: { errorObject: object } });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new NodeFault('The error object is not valid JSON');
  }
}
