/** What both dialects of the HTTP Request node come down to: a call, and how its answer is read. */
import type { Item } from '../../sandbox/port.ts';
import { NodeFault } from '../fault.ts';
import type { HttpCall } from './exchange.ts';

export type ResponseFormat = 'autodetect' | 'json' | 'text' | 'file';

export interface HttpPlan {
  readonly call: HttpCall;
  readonly timeoutMs: number;
  readonly format: ResponseFormat;
  /** Field or binary property that takes texts and files. */
  readonly property: string;
  readonly fullResponse: boolean;
  readonly neverError: boolean;
  /** A list becomes one item an element. */
  readonly split: boolean;
}

export interface Pair {
  readonly name: string;
  readonly value: unknown;
}

/** n8n's own limit where a node sets none. */
export const DEFAULT_TIMEOUT_MS = 300_000;

export function checkedUrl(value: unknown): URL {
  if (typeof value !== 'string') throw new NodeFault(`URL parameter must be a string, got ${value === null ? 'null' : typeof value}`);
  if (!/^https?:\/\//i.test(value.trim())) throw new NodeFault(`Invalid URL: ${value}. URL must start with "http" or "https".`);
  if (!URL.canParse(value.trim())) throw new NodeFault(`Invalid URL: ${value}`);
  return new URL(value.trim());
}

export function parsedJson(value: unknown, what = 'JSON parameter'): unknown {
  if (typeof value !== 'string') return value;
  if (value.trim() === '') return undefined;
  try {
    return JSON.parse(value);
  } catch {
    throw new NodeFault(`${what} needs to be valid JSON`);
  }
}

/** A list is written as `a=1&a=2`, `a[]=1&a[]=2` or `a[0]=1&a[1]=2`. */
export function addQuery(url: URL, values: Readonly<Record<string, unknown>>, lists: string): void {
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || value === null) continue;
    const entries = Array.isArray(value) ? value : [value];
    for (const [index, entry] of entries.entries()) {
      const suffix = !Array.isArray(value) || lists === 'repeat' ? '' : lists === 'indices' ? `[${index}]` : '[]';
      url.searchParams.append(`${name}${suffix}`, typeof entry === 'object' ? JSON.stringify(entry) : String(entry));
    }
  }
}

export function pairsToObject(pairs: readonly Pair[]): Record<string, unknown> {
  return Object.fromEntries(pairs.filter(({ name }) => name !== '' && name !== undefined).map(({ name, value }) => [name, value]));
}

export function lowerCased(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  const filled = Object.entries(headers).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(filled.map(([name, value]) => [name.toLowerCase(), String(value)]));
}

const accepts: Record<ResponseFormat, string> = {
  autodetect: 'application/json,text/html,application/xhtml+xml,application/xml,text/*;q=0.9, image/*;q=0.8, */*;q=0.7',
  json: 'application/json,text/*;q=0.9',
  text: 'application/json,text/html,application/xhtml+xml,application/xml,text/*;q=0.9, */*;q=0.1',
  file: '*/*',
};

export interface Body {
  readonly bytes: Buffer;
  readonly type: string | undefined;
}

/** Headers of the call: the author's, and what HTTP needs where the author left it out. */
export function completeHeaders(own: Record<string, string>, { body, format, idempotencyKey }: { body: Body | undefined; format: ResponseFormat; idempotencyKey: string | undefined }): Record<string, string> {
  return {
    accept: accepts[format],
    'accept-encoding': 'gzip, deflate, br',
    'user-agent': 'hive-queen',
    ...(body?.type && { 'content-type': body.type }),
    ...(idempotencyKey && { 'idempotency-key': idempotencyKey }),
    ...own,
    ...(body && { 'content-length': String(body.bytes.length) }),
  };
}

/** Reading asks for nothing to happen, so only the other methods carry a key. */
export function keyFor(method: string, key: string, item: number): string | undefined {
  return ['GET', 'HEAD', 'OPTIONS'].includes(method) ? undefined : `${key}:${item}`;
}

export const jsonBody = (value: unknown): Body => ({ bytes: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)), type: 'application/json' });

export function formBody(values: Readonly<Record<string, unknown>>): Body {
  const url = new URL('http://form');
  addQuery(url, values, 'repeat');
  return { bytes: Buffer.from(url.searchParams.toString()), type: 'application/x-www-form-urlencoded' };
}

export function binaryOf(item: Item, name: string) {
  const found = item.binary?.[name.trim()];
  if (!found) throw new NodeFault(`This operation expects the node's input data to contain a binary file '${name}', but none was found [item 0]`);
  return { bytes: Buffer.from(found.data, 'base64'), type: found.mimeType, fileName: found.fileName };
}

export async function multipartBody(fields: readonly (Pair & { file?: ReturnType<typeof binaryOf> })[]): Promise<Body> {
  const form = new FormData();
  for (const { name, value, file } of fields)
    if (file) form.append(name, new Blob([new Uint8Array(file.bytes)], { type: file.type }), file.fileName ?? name);
    else form.append(name, typeof value === 'object' ? JSON.stringify(value) : String(value ?? ''));
  const encoded = new Response(form);
  return { bytes: Buffer.from(await encoded.arrayBuffer()), type: encoded.headers.get('content-type') ?? undefined };
}
