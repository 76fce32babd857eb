/** From an HTTP answer to items, or to the failure that it means. */
import type { Item } from '../../sandbox/port.ts';
import { NodeFault } from '../fault.ts';
import type { HttpAnswer } from './exchange.ts';
import type { HttpPlan } from './plan.ts';

const meanings: Record<number, string> = {
  400: 'Bad request - please check your parameters',
  401: 'Authorization failed - please check your credentials',
  402: 'Payment required - perhaps check your payment details?',
  403: 'Forbidden - perhaps check your credentials?',
  404: 'The resource you are requesting could not be found',
  405: 'Method not allowed - please check you are using the right HTTP method',
  429: 'The service is receiving too many requests from you',
  500: 'The service was not able to process your request',
  502: 'Bad gateway - the service failed to handle your request',
  503: 'Service unavailable - try again later or consider setting this node to retry automatically (in the node settings)',
  504: 'Gateway timed out - perhaps try again later?',
};

/** Throws NodeFault when the status is a failure and the plan does not want it as data; 429 and 5xx may be retried. */
export function requireSuccess({ status, statusText, body }: HttpAnswer, { neverError, call }: HttpPlan): void {
  if (neverError || (status >= 200 && status < 300) || (status >= 300 && status < 400 && call.maxRedirects === 0)) return;
  throw new NodeFault(meanings[status] ?? `Request failed with status code ${status}`, {
    name: 'NodeApiError',
    description: `${status} ${statusText} - ${body.toString('utf8', 0, 500)}`.trim(),
    retryable: status === 429 || status >= 500,
    context: { httpCode: String(status) },
  });
}

export function itemsOf(answer: HttpAnswer, plan: HttpPlan, index: number): Item[] {
  const { fullResponse, property, split } = plan;
  const pairedItem = { item: index };
  const read = readBody(answer, plan);
  const facts = { headers: answer.headers, statusCode: answer.status, statusMessage: answer.statusText };
  if ('file' in read) return [{ json: fullResponse ? facts : {}, binary: { [property]: read.file }, pairedItem }];
  if (fullResponse) return [{ json: { [read.text ? property : 'body']: read.value, ...facts }, pairedItem }];
  if (read.text) return [{ json: { [property]: read.value }, pairedItem }];
  if (split && Array.isArray(read.value)) return read.value.map((element): Item => ({ json: asObject(element, property), pairedItem }));
  return [{ json: asObject(read.value, property), pairedItem }];
}

const asObject = (value: unknown, property: string): Record<string, unknown> => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : { [property]: value });

type Read = { readonly value: unknown; readonly text?: boolean } | { readonly file: NonNullable<Item['binary']>[string] };

function readBody(answer: HttpAnswer, { format }: HttpPlan): Read {
  const type = answer.headers['content-type'] ?? '';
  if (format === 'file' || (format === 'autodetect' && isBinary(type))) return { file: fileOf(answer, type) };
  const text = decoded(answer.body, type);
  if (format === 'text') return { value: text, text: true };
  if (format === 'json') return { value: text === '' ? {} : parsed(text, 'Response body is not valid JSON. Change "Response Format" to "Text"') };
  if (/\bjson\b/i.test(type)) return { value: text === '' ? {} : parsed(text, 'Invalid JSON in response body') };
  return loose(text, type);
}

/** Without a type that tells, JSON is recognised by its own form. */
function loose(text: string, type: string): Read {
  if (type !== '') return { value: text, text: true };
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value === 'object' && value !== null) return { value };
  } catch {
    // It is not JSON, so it is a text.
  }
  return { value: text, text: true };
}

function parsed(text: string, message: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new NodeFault(message);
  }
}

const binaryTypes = ['image/', 'audio/', 'video/', 'application/octet-stream', 'application/gzip', 'application/zip', 'application/vnd.rar', 'application/epub+zip', 'application/x-bzip', 'application/x-bzip2', 'application/x-cdf', 'application/vnd.amazon.ebook', 'application/msword', 'application/vnd.ms', 'application/vnd.openxmlformats-officedocument', 'application/vnd.oasis.opendocument', 'application/ogg', 'application/pdf', 'application/rtf', 'application/x-7z-compressed', 'application/x-tar', 'font/'];
const isBinary = (type: string) => binaryTypes.some((one) => type.startsWith(one));

function decoded(body: Buffer, type: string): string {
  const charset = /charset="?([\w-]+)"?/i.exec(type)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset).decode(body);
  } catch {
    return body.toString('utf8');
  }
}

function fileOf({ body, headers }: HttpAnswer, type: string): NonNullable<Item['binary']>[string] {
  const fileName = /filename="?([^";]+)"?/i.exec(headers['content-disposition'] ?? '')?.[1];
  const mimeType = type.split(';')[0]?.trim() || 'application/octet-stream';
  const extension = fileName?.includes('.') ? fileName.split('.').pop() : mimeType.split('/')[1];
  return { data: body.toString('base64'), mimeType, fileSize: `${body.length} B`, ...(fileName && { fileName }), ...(extension && { fileExtension: extension }) };
}
