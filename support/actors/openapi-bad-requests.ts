/**
 * Bad requests, derived from the served description: whatever is described is tried, so a route that is added
 * tomorrow is tried tomorrow. Each kind of fault gives one request for every place that the description has for it.
 */
import { ask, type Asked } from './api-client.ts';
import { pathOf, type ApiDescription, type Operation, type Schema } from './openapi-document.ts';
import { announceBody } from './raw-http.ts';

export interface BadRequest {
  readonly operation: Operation;
  /** What is wrong, in words. */
  readonly what: string;
  readonly asked: Asked;
  /** The place that the answer must name, such as `body.tenant.slug`. */
  readonly place?: string;
  /** The answer may name the field that the place is inside of, because that is read as a whole (an n8n document is). */
  readonly orAround?: boolean;
  /** Bytes that are announced and never sent. */
  readonly announced?: number;
}

export interface Verdict {
  readonly request: BadRequest;
  readonly status: number;
  readonly body: any;
}

/** The engine's own limit (HIVE_BODY_BYTES) and one byte. */
const TOO_LARGE = 10 * 1024 * 1024 + 1;
const DEEPEST = 250;
const AT_A_TIME = 8;

const asking = (operation: Operation, rest: Partial<Asked> = {}): Asked => ({ method: operation.method, path: pathOf(operation), ...rest });
const withBody = ({ operations }: ApiDescription) => operations.filter(({ body }) => body !== undefined);

/** One and the same unreadable body for every operation that takes one. */
const everyBody = (what: string, rest: Partial<Asked>, place?: string) => (description: ApiDescription): BadRequest[] =>
  withBody(description).map((operation) => ({ operation, what, asked: asking(operation, rest), ...(place && { place }) }));

const typesOf = (schema: Schema, follow: ApiDescription['follow']): string[] => {
  const { type, anyOf, enum: values } = follow(schema);
  if (anyOf) return anyOf.flatMap((each) => typesOf(each, follow));
  if (type === undefined) return values ? values.map((value) => typeof value) : [];
  return [type].flat() as string[];
};

/** One value of each type of JSON. */
const values: readonly (readonly [type: string, value: unknown])[] = [['object', { pie: true }], ['boolean', true], ['array', ['pie']], ['string', 'pie'], ['number', 1.5]];

/** A value whose type fits nothing that is allowed here; undefined where everything is. */
function unfitting(schema: Schema, follow: ApiDescription['follow']): unknown {
  const allowed = typesOf(schema, follow);
  return allowed.length === 0 ? undefined : values.find(([type]) => !allowed.includes(type) && !(type === 'number' && allowed.includes('integer')))?.[1];
}

interface Place {
  /** Names and list positions from the body down. */
  readonly path: readonly string[];
  readonly schema: Schema;
  readonly required: boolean;
}

/** Every field of a body, and of the objects and lists within. */
function fieldsOf(schema: Schema, follow: ApiDescription['follow'], above: readonly string[] = []): Place[] {
  const { properties = {}, required = [], items } = follow(schema);
  if (above.length > 5) return [];
  const inside = items ? fieldsOf(items, follow, [...above, '0']) : [];
  const own = Object.entries(properties).flatMap(([name, field]) => {
    const path = [...above, name];
    return [{ path, schema: field, required: required.includes(name) }, ...fieldsOf(field, follow, path)];
  });
  return [...own, ...inside];
}

/** A body in which nothing stands but `value`, at that place. */
const bodyWith = (path: readonly string[], value: unknown): unknown =>
  path.reduceRight((inner, name) => (name === '0' ? [inner] : { [name]: inner }), value);

const places = (operation: Operation, follow: ApiDescription['follow']) => fieldsOf(operation.body!, follow);

function wrongTypes(description: ApiDescription): BadRequest[] {
  const { follow } = description;
  return withBody(description).flatMap((operation) =>
    places(operation, follow).flatMap(({ path, schema }) => {
      const value = unfitting(schema, follow);
      if (value === undefined) return [];
      const name = path.join('.');
      return [{ operation, what: `${name} as ${JSON.stringify(value)}`, asked: asking(operation, { body: bodyWith(path, value) }), place: `body.${name}`, orAround: true }];
    }),
  );
}

function missingFields(description: ApiDescription): BadRequest[] {
  return withBody(description).flatMap((operation) =>
    places(operation, description.follow).filter(({ required }) => required).map(({ path }) => {
      const name = path.join('.');
      return { operation, what: `no ${name}`, asked: asking(operation, { body: bodyWith(path.slice(0, -1), {}) }), place: `body.${name}`, orAround: true };
    }),
  );
}

/** What JSON allows and no text column can hold, in every field that takes free text. */
function unstorableTexts(description: ApiDescription): BadRequest[] {
  const isText = ({ type, pattern, format, enum: values }: Schema) => type === 'string' && !pattern && !format && !values;
  return withBody(description).flatMap((operation) =>
    places(operation, description.follow).filter(({ schema }) => isText(description.follow(schema))).flatMap(({ path }) =>
      ['ap\0ple', 'ap\ud83dple'].map((text) => {
        const name = path.join('.');
        return { operation, what: `${name} as ${JSON.stringify(text)}`, asked: asking(operation, { body: bodyWith(path, text) }), place: `body.${name}` };
      }),
    ),
  );
}

/** The documented example, with names that nobody else's scenario uses. */
function exampleOf({ body }: Operation, mark: string): Record<string, unknown> {
  const example = structuredClone(body!.example ?? body!.examples?.[0] ?? {}) as Record<string, any>;
  if (typeof example['agent_id'] === 'string') example['agent_id'] = `pie-${mark}`;
  if (typeof example['email'] === 'string') example['email'] = `pie-${mark}@acme.example`;
  if (typeof example['tenant'] === 'object') example['tenant'].slug = `pie-${mark}`;
  return example;
}

const unknownFields = (description: ApiDescription, mark: string): BadRequest[] =>
  withBody(description).map((operation) => ({
    operation, what: 'a field called pie', asked: asking(operation, { body: { ...exampleOf(operation, mark), pie: 'apple' } }), place: 'body.pie',
  }));

const tooLarge = (description: ApiDescription): BadRequest[] =>
  withBody(description).map((operation) => ({ operation, what: `${TOO_LARGE} bytes`, asked: asking(operation), announced: TOO_LARGE }));

const noBody = (description: ApiDescription): BadRequest[] =>
  withBody(description).filter(({ bodyRequired }) => bodyRequired).map((operation) => ({ operation, what: 'nothing', asked: asking(operation), place: 'body' }));

function badParameters({ operations }: ApiDescription, place: 'path' | 'query'): BadRequest[] {
  return operations.flatMap((operation) =>
    operation.parameters.filter((each) => each.in === place).flatMap(({ name, schema }) => {
      // Free text has no wrong form.
      if (!schema.pattern && !schema.enum && schema.type === 'string') return [];
      const path = place === 'path' ? pathOf(operation, { [name]: '~pie~' }) : `${pathOf(operation)}?${name}=~pie~`;
      return [{ operation, what: `${name} ~pie~`, asked: asking(operation, { path }), place: `${place === 'path' ? 'params' : 'query'}.${name}` }];
    }),
  );
}

const undecodable = ({ operations }: ApiDescription): BadRequest[] =>
  operations.flatMap((operation) =>
    operation.parameters.filter((each) => each.in === 'path').map(({ name }) => ({ operation, what: `${name} %E0%A4%A`, asked: asking(operation, { path: pathOf(operation, { [name]: '%E0%A4%A' }) }) })),
  );

type Maker = (description: ApiDescription, mark: string) => BadRequest[];

/** In the words of the features. */
const makers: Readonly<Record<string, Maker>> = {
  'a body that is not JSON': everyBody('half a document', { body: '{"pie": ' }),
  'a body of plain text': everyBody('plain text', { body: 'pie', headers: { 'content-type': 'text/plain' } }),
  'a body that says it is compressed and is not': everyBody('gzip that is none', { body: '{}', headers: { 'content-encoding': 'gzip' } }),
  'a body in a compression that nobody knows': everyBody('compressed with pie', { body: '{}', headers: { 'content-encoding': 'pie' } }),
  'a body of more than is allowed': tooLarge,
  'a list instead of an object': everyBody('a list', { body: [] }, 'body'),
  'no body where one is needed': noBody,
  'a body without a required field': missingFields,
  'a field of the wrong type': wrongTypes,
  'a field that nobody knows': unknownFields,
  'text that cannot be stored': unstorableTexts,
  'nesting without end': everyBody(`${DEEPEST} levels`, { body: `{"pie": ${'['.repeat(DEEPEST)}${']'.repeat(DEEPEST)}}` }, 'body.pie.0.0.0.0.0.0.0'),
  'an address part of the wrong form': (description) => badParameters(description, 'path'),
  'a query of the wrong form': (description) => badParameters(description, 'query'),
  'an address that cannot be decoded': undecodable,
};

export function badRequests(description: ApiDescription, words: string, mark: string): BadRequest[] {
  const make = makers[words];
  if (!make) throw new Error(`nobody knows how to send "${words}"; known: ${Object.keys(makers).join('; ')}`);
  return make(description, mark);
}

/** Sends them as somebody who may do everything, from an address of their own so that no other scenario's budget is touched. */
export async function sendBadRequests(engineUrl: string, requests: readonly BadRequest[], { token, address }: { token: string; address: string }): Promise<Verdict[]> {
  async function send(request: BadRequest): Promise<Verdict> {
    const headers = { 'x-forwarded-for': address, ...request.asked.headers };
    if (request.announced === undefined) {
      const { status, body } = await ask(engineUrl, { ...request.asked, token, headers });
      return { request, status, body };
    }
    const { status, body } = await announceBody(engineUrl, { ...request.asked, method: request.asked.method ?? 'GET', headers: { ...headers, authorization: `Bearer ${token}` } }, request.announced);
    return { request, status, body };
  }
  const verdicts: Verdict[] = [];
  for (let from = 0; from < requests.length; from += AT_A_TIME) verdicts.push(...(await Promise.all(requests.slice(from, from + AT_A_TIME).map(send))));
  return verdicts;
}

export const shown = ({ request: { operation, what }, status, body }: Verdict) =>
  `${operation.method} ${operation.path} with ${what}: ${status} ${body?.error?.code ?? ''} ${body?.error?.message ?? JSON.stringify(body)}`;

/** Whether the answer names the place of the fault, with what was found there and what was expected. */
export function namesPlace({ request: { place, orAround }, body }: Verdict): boolean {
  if (place === undefined) throw new Error('this kind of fault has no place');
  const faults = (body?.error?.details?.faults ?? []) as { path: string; found: string; expected: string }[];
  return faults.some(({ path, found, expected }) => Boolean(found && expected) && (path === place || (orAround === true && path.includes('.') && place.startsWith(`${path}.`))));
}

/** Every text in the bodies that were sent: names under which something might have been stored. */
export function textsSent(requests: readonly BadRequest[]): string[] {
  const texts = (value: unknown): string[] =>
    typeof value === 'string' ? [value] : typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [];
  // PostgreSQL cannot even be asked for what it cannot hold.
  return requests.flatMap(({ asked: { body } }) => (typeof body === 'string' ? [] : texts(body))).filter((text) => !text.includes('\0'));
}
