/** HTTP Request 1 and 2. */
import type { Item } from '../../sandbox/port.ts';
import type { NodeType } from '../node-type.ts';
import { amount, anything, choice, flag, json, lists, options, text } from '../parameters.ts';
import type { Values } from '../values.ts';
import { methods } from './modern.ts';
import { addQuery, binaryOf, checkedUrl, completeHeaders, DEFAULT_TIMEOUT_MS, formBody, jsonBody, keyFor, lowerCased, multipartBody, pairsToObject, parsedJson, type Body, type HttpPlan, type Pair, type ResponseFormat } from './plan.ts';
import { refuseCredentials, requestAll, type MakePlan } from './request.ts';

const pairs = (name: string) => lists(name, { parameter: [text('name'), anything('value', '')] }, { show: { jsonParameters: [false] } });

export const httpRequestLegacy: NodeType = {
  types: ['n8n-nodes-base.httpRequest'],
  versions: [1, 2],
  kind: 'effect',
  resolves: 'each',
  parameters: [
    text('authentication', 'none'),
    choice('requestMethod', 'GET', methods),
    anything('url', '', { required: true }),
    flag('allowUnauthorizedCerts'),
    choice('responseFormat', 'json', ['file', 'json', 'string']),
    text('dataPropertyName', 'data', { show: { responseFormat: ['string', 'file'] } }),
    flag('jsonParameters'),
    options([
      amount('batchInterval', 1000),
      amount('batchSize', 50),
      choice('bodyContentType', 'json', ['json', 'raw', 'multipart-form-data', 'form-urlencoded']),
      flag('fullResponse'),
      flag('followAllRedirects'),
      flag('followRedirect', true),
      flag('ignoreResponseCode'),
      text('bodyContentCustomMimeType'),
      text('proxy'),
      flag('splitIntoItems'),
      amount('timeout', 10_000),
      flag('useQueryString'),
    ]),
    flag('sendBinaryData', false, { show: { jsonParameters: [true], requestMethod: ['PATCH', 'POST', 'PUT'] } }),
    text('binaryPropertyName', 'data', { show: { sendBinaryData: [true] } }),
    ...['body', 'header', 'query'].flatMap((part) => [json(`${part}ParametersJson`, '', { show: { jsonParameters: [true] } }), pairs(`${part}ParametersUi`)]),
  ],
  execute(call) {
    const first = call.at(0);
    const batching = { size: Math.max(1, first.number('options.batchSize', 50)), pauseMs: first.raw('options.batchSize') === undefined ? 0 : first.number('options.batchInterval', 1000) };
    return requestAll(call, planOf, batching);
  },
};

const formats: Record<string, ResponseFormat> = { json: 'json', string: 'text', file: 'file' };

const planOf: MakePlan = async (call, index, parameters): Promise<HttpPlan> => {
  refuseCredentials(parameters);
  const url = checkedUrl(parameters.raw('url'));
  const method = parameters.text('requestMethod', 'GET').toUpperCase();
  const format = formats[parameters.text('responseFormat', 'json')] ?? 'json';
  addQuery(url, part(parameters, 'query'), parameters.flag('options.useQueryString') ? 'repeat' : 'brackets');
  const body = ['GET', 'HEAD', 'OPTIONS'].includes(method) ? undefined : await bodyOf(parameters, call.items[index] as Item);
  const headers = completeHeaders(lowerCased(part(parameters, 'header')), { body, format, idempotencyKey: keyFor(method, call.environment.idempotencyKey, index) });
  return {
    call: { method, url: url.href, headers, body: body?.bytes, maxRedirects: parameters.flag('options.followRedirect', true) ? 21 : 0 },
    timeoutMs: parameters.number('options.timeout', DEFAULT_TIMEOUT_MS),
    format,
    property: parameters.text('dataPropertyName', 'data'),
    fullResponse: parameters.flag('options.fullResponse'),
    neverError: parameters.flag('options.ignoreResponseCode'),
    split: parameters.flag('options.splitIntoItems'),
  };
};

function part(parameters: Values, name: string): Record<string, unknown> {
  if (!parameters.flag('jsonParameters')) return pairsToObject(parameters.list<Pair>(`${name}ParametersUi.parameter`));
  const value = parsedJson(parameters.raw(`${name}ParametersJson`));
  return (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
}

async function bodyOf(parameters: Values, item: Item): Promise<Body | undefined> {
  if (parameters.flag('sendBinaryData')) return binaryOf(item, parameters.text('binaryPropertyName', 'data'));
  const type = parameters.text('options.bodyContentType', 'json');
  const custom = parameters.text('options.bodyContentCustomMimeType');
  if (type === 'raw') return { bytes: Buffer.from(parameters.text('bodyParametersJson')), type: custom || 'text/plain' };
  const fields = part(parameters, 'body');
  if (Object.keys(fields).length === 0 && !Array.isArray(fields)) return undefined;
  if (type === 'form-urlencoded') return formBody(fields);
  if (type === 'multipart-form-data') return multipartBody(Object.entries(fields).map(([name, value]) => ({ name, value })));
  return { ...jsonBody(fields), ...(custom && { type: custom }) };
}
