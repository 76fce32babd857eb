/** HTTP Request 3 and 4. */
import type { Item } from '../../sandbox/port.ts';
import { NodeFault } from '../fault.ts';
import type { NodeType } from '../node-type.ts';
import { amount, anything, choice, flag, json, lists, options, record, text } from '../parameters.ts';
import type { Values } from '../values.ts';
import { addQuery, binaryOf, checkedUrl, completeHeaders, DEFAULT_TIMEOUT_MS, formBody, jsonBody, keyFor, lowerCased, multipartBody, pairsToObject, parsedJson, type Body, type HttpPlan, type Pair, type ResponseFormat } from './plan.ts';
import { refuseCredentials, requestAll, type MakePlan } from './request.ts';

export const methods = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'];
const pairs = (name: string, show: Record<string, readonly unknown[]>) => lists(name, { parameters: [text('name'), anything('value', '')] }, { default: { parameters: [{ name: '', value: '' }] }, show });
const keypairOrJson = (name: string, show: Record<string, readonly unknown[]>) => choice(name, 'keypair', ['keypair', 'json'], { show });
const sent = (contentType: string, more: Record<string, readonly unknown[]> = {}) => ({ sendBody: [true], contentType: [contentType], ...more });

export const httpRequest: NodeType = {
  types: ['n8n-nodes-base.httpRequest'],
  versions: [3, 4, 4.1, 4.2, 4.3, 4.4],
  kind: 'effect',
  resolves: 'each',
  parameters: [
    choice('method', 'GET', methods),
    anything('url', '', { required: true }),
    choice('authentication', 'none', ['none', 'predefinedCredentialType', 'genericCredentialType']),
    flag('sendQuery'),
    keypairOrJson('specifyQuery', { sendQuery: [true] }),
    pairs('queryParameters', { sendQuery: [true], specifyQuery: ['keypair'] }),
    json('jsonQuery', '', { show: { sendQuery: [true], specifyQuery: ['json'] } }),
    flag('sendHeaders'),
    keypairOrJson('specifyHeaders', { sendHeaders: [true] }),
    pairs('headerParameters', { sendHeaders: [true], specifyHeaders: ['keypair'] }),
    json('jsonHeaders', '', { show: { sendHeaders: [true], specifyHeaders: ['json'] } }),
    flag('sendBody'),
    choice('contentType', 'json', ['form-urlencoded', 'multipart-form-data', 'json', 'binaryData', 'raw'], { show: { sendBody: [true] } }),
    keypairOrJson('specifyBody', sent('json')),
    choice('specifyBody', 'keypair', ['keypair', 'string'], { show: sent('form-urlencoded') }),
    pairs('bodyParameters', sent('json', { specifyBody: ['keypair'] })),
    pairs('bodyParameters', sent('form-urlencoded', { specifyBody: ['keypair'] })),
    lists(
      'bodyParameters',
      { parameters: [choice('parameterType', 'formData', ['formBinaryData', 'formData']), text('name'), anything('value', '', { show: { parameterType: ['formData'] } }), text('inputDataFieldName', '', { show: { parameterType: ['formBinaryData'] } })] },
      { default: { parameters: [{ name: '', value: '' }] }, show: sent('multipart-form-data') },
    ),
    json('jsonBody', '', { show: sent('json', { specifyBody: ['json'] }) }),
    text('body', '', { show: sent('form-urlencoded', { specifyBody: ['string'] }) }),
    text('inputDataFieldName', '', { show: sent('binaryData') }),
    text('rawContentType', '', { show: sent('raw') }),
    text('body', '', { show: sent('raw') }),
    options([
      record('batching', { batch: [amount('batchSize', 50), amount('batchInterval', 1000)] }),
      flag('allowUnauthorizedCerts'),
      choice('queryParameterArrays', 'brackets', ['repeat', 'brackets', 'indices']),
      flag('lowercaseHeaders', true),
      record('redirect', { redirect: [flag('followRedirects', false, { show: { '@version': [3] } }), flag('followRedirects', true, { hide: { '@version': [3] } }), amount('maxRedirects', 21)] }),
      record('response', { response: [flag('fullResponse'), flag('neverError'), choice('responseFormat', 'autodetect', ['autodetect', 'file', 'json', 'text']), text('outputPropertyName', 'data')] }),
      anything('pagination', {}),
      text('proxy'),
      amount('timeout', 10_000),
      flag('sendCredentialsOnCrossOriginRedirect'),
    ]),
  ],
  execute(call) {
    const first = call.at(0);
    const batching = { size: Math.max(1, first.number('options.batching.batch.batchSize', 50)), pauseMs: first.raw('options.batching') === undefined ? 0 : first.number('options.batching.batch.batchInterval', 1000) };
    return requestAll(call, planOf, batching);
  },
};

const planOf: MakePlan = async (call, index, parameters): Promise<HttpPlan> => {
  refuseCredentials(parameters);
  refusePagination(parameters);
  const url = checkedUrl(parameters.raw('url'));
  const method = parameters.text('method', 'GET').toUpperCase();
  const format = parameters.get<ResponseFormat>('options.response.response.responseFormat', 'autodetect');
  if (parameters.flag('sendQuery')) addQuery(url, keyed(parameters, 'Query', 'queryParameters', 'Query'), parameters.text('options.queryParameterArrays', 'brackets'));
  const own = parameters.flag('sendHeaders') ? lowerCased(keyed(parameters, 'Headers', 'headerParameters', 'Headers')) : {};
  const body = parameters.flag('sendBody') ? await bodyOf(parameters, call.items[index] as Item) : undefined;
  const headers = completeHeaders(own, { body, format, idempotencyKey: keyFor(method, call.environment.idempotencyKey, index) });
  const follow = parameters.flag('options.redirect.redirect.followRedirects', call.node.typeVersion >= 4);
  return {
    call: { method, url: url.href, headers, body: body?.bytes, maxRedirects: follow ? parameters.number('options.redirect.redirect.maxRedirects', 21) : 0 },
    timeoutMs: parameters.number('options.timeout', DEFAULT_TIMEOUT_MS),
    format,
    property: parameters.text('options.response.response.outputPropertyName', 'data'),
    fullResponse: parameters.flag('options.response.response.fullResponse'),
    neverError: parameters.flag('options.response.response.neverError'),
    split: true,
  };
};

function refusePagination(parameters: Values): void {
  const mode = parameters.raw('options.pagination.pagination.paginationMode') ?? (parameters.raw('options.pagination.pagination') === undefined ? 'off' : 'updateAParameterInEachRequest');
  if (mode !== 'off') throw new NodeFault('Pagination is not supported yet: switch it off and loop over pages with other nodes.', { name: 'PaginationUnsupported' });
}

/** Pairs, or JSON that is an object; `what` names the switch between them. */
function keyed(parameters: Values, what: 'Query' | 'Headers', pairsName: string, label: string): Record<string, unknown> {
  if (parameters.text(`specify${what}`, 'keypair') === 'keypair') return pairsToObject(parameters.list<Pair>(`${pairsName}.parameters`));
  return (parsedJson(parameters.raw(`json${what}`), `JSON parameter ${label}`) ?? {}) as Record<string, unknown>;
}

async function bodyOf(parameters: Values, item: Item): Promise<Body | undefined> {
  const fields = parameters.list<Pair & { parameterType?: string; inputDataFieldName?: string }>('bodyParameters.parameters').filter(({ name }) => name !== '');
  switch (parameters.text('contentType', 'json')) {
    case 'json':
      if (parameters.text('specifyBody', 'keypair') === 'keypair') return jsonBody(pairsToObject(fields));
      return asJsonBody(parsedJson(parameters.raw('jsonBody')));
    case 'form-urlencoded':
      if (parameters.text('specifyBody', 'keypair') === 'keypair') return formBody(pairsToObject(fields));
      return { bytes: Buffer.from(parameters.text('body')), type: 'application/x-www-form-urlencoded' };
    case 'multipart-form-data':
      return multipartBody(fields.map((field) => (field.parameterType === 'formBinaryData' ? { ...field, file: binaryOf(item, field.inputDataFieldName ?? '') } : field)));
    case 'binaryData':
      return binaryOf(item, parameters.text('inputDataFieldName'));
    default:
      return { bytes: Buffer.from(parameters.text('body')), type: parameters.text('rawContentType') || undefined };
  }
}

const asJsonBody = (value: unknown): Body | undefined => (value === undefined ? undefined : jsonBody(JSON.stringify(value)));
