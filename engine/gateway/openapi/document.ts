/**
 * The OpenAPI 3.1 document, written from the very routes that are mounted: a route without a contract cannot
 * exist, and a contract without a route cannot be documented.
 */
import type { z } from 'zod';
import type { RouteDefinition } from '../../kernel/index.ts';
import { errorEnvelope } from '../contract.ts';
import { errorsOf, type DocumentedError } from './refusals.ts';
import { createComponents, toJsonSchema, type Components, type JsonSchema } from './schemas.ts';

export interface OpenApiInfo {
  readonly title: string;
  readonly version: string;
  readonly description?: string;
  readonly license?: { readonly name: string; readonly identifier?: string; readonly url?: string };
}

export type OpenApiDocument = JsonSchema & {
  readonly openapi: string;
  readonly info: OpenApiInfo;
  /** By path, then by method. */
  readonly paths: Record<string, Record<string, JsonSchema>>;
};

const json = 'application/json';
const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

const always = {
  'X-Request-Id': { $ref: '#/components/headers/RequestId' },
  'X-Correlation-Id': { $ref: '#/components/headers/CorrelationId' },
};
const headers = {
  RequestId: { description: 'Names this request in the log', schema: { type: 'string', format: 'uuid' } },
  CorrelationId: { description: 'As sent in X-Correlation-ID, else the request id', schema: { type: 'string' } },
  RetryAfter: { description: 'Seconds to wait before the same request may succeed', schema: { type: 'integer', minimum: 1 } },
};

function exampleOf({ code, status, retryable }: DocumentedError) {
  const ids = { request_id: '6f1c6c3e-6f57-4f6e-9f0e-0a4b6f3a7d11', correlation_id: 'import-2026-07' };
  const message = 'What was found, what was expected, what to do next.';
  return { summary: `${status} ${code}`, value: { error: { code, message, details: {}, ...ids, retryable } } };
}

function parametersOf(route: RouteDefinition): JsonSchema[] {
  const described = (schema: z.ZodType | undefined, place: 'path' | 'query') => {
    const { properties = {}, required = [] } = (schema ? toJsonSchema(schema, 'input') : {}) as { properties?: Record<string, JsonSchema>; required?: string[] };
    return Object.entries(properties).map(([name, { description, ...rest }]) => ({
      name, in: place, required: place === 'path' || required.includes(name), ...(description ? { description } : {}), schema: rest,
    }));
  };
  const params = described(route.params, 'path');
  const missing = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).filter((name) => !params.some((each) => each.name === name));
  return [...params, ...missing.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })), ...described(route.query, 'query')];
}

function successesOf(route: RouteDefinition, components: Components): Record<string, JsonSchema> {
  const answers = Object.entries(route.answers).map(([status, { description, schema, contentType }]) => {
    const named = schema && components.reference(schema, `${capitalised(route.operationId)}Answer${status === '200' ? '' : status}`, 'output');
    const content = named ?? (contentType ? { type: 'string' } : undefined);
    return [status, { description, headers: always, ...(content && { content: { [contentType ?? json]: { schema: content } } }) }];
  });
  return Object.fromEntries(answers) as Record<string, JsonSchema>;
}

function failuresOf(route: RouteDefinition, examples: Record<string, JsonSchema>): Record<string, JsonSchema> {
  const byStatus = Object.groupBy(errorsOf(route), ({ status }) => String(status));
  const answers = Object.entries(byStatus).map(([status, errors = []]) => {
    for (const error of errors) examples[error.code] = exampleOf(error);
    const named = Object.fromEntries(errors.map(({ code }) => [code, { $ref: `#/components/examples/${code}` }]));
    const retry = errors.some(({ retryable }) => retryable) ? { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } } : {};
    const content = { [json]: { schema: { $ref: '#/components/schemas/ErrorEnvelope' }, examples: named } };
    return [status, { description: errors.map(({ code }) => code).join(', '), headers: { ...always, ...retry }, content }];
  });
  return Object.fromEntries(answers) as Record<string, JsonSchema>;
}

/** One operation as each of its paths has it; ids stay unique because aliases are numbered. */
function operationsOf(route: RouteDefinition, components: Components, examples: Record<string, JsonSchema>) {
  const body = route.body && { content: { [json]: { schema: components.reference(route.body, `${capitalised(route.operationId)}Request`, 'input') } } };
  const optional = route.body?.safeParse(undefined).success ?? true;
  const shared = {
    tags: [route.room],
    summary: route.summary,
    ...(typeof route.access === 'object' && { description: `Needs the permission \`${route.access.permission}\`.` }),
    security: route.access === 'public' ? [] : [{ bearer: [] }],
    parameters: parametersOf(route),
    ...(body && { requestBody: { required: !optional, ...body } }),
    responses: { ...successesOf(route, components), ...failuresOf(route, examples) },
  };
  const paths = [route.path, ...(route.aliases ?? [])];
  return paths.map((path, index) => ({ path, operation: { operationId: index === 0 ? route.operationId : `${route.operationId}Alias${index}`, ...shared } }));
}

/** OpenAPI describes requests and answers; a route that changes the protocol is told in words. */
const changesProtocol = (route: RouteDefinition) => 101 in route.answers;

function tagOf(room: string, routes: readonly RouteDefinition[]) {
  const sockets = routes.filter((route) => route.room === room && changesProtocol(route));
  const told = sockets.map(({ path, aliases = [], summary }) => ` ${[path, ...aliases].join(' or ')} (WebSocket): ${summary}.`);
  return { name: room, description: `What the room ${room} answers.${told.join('')}` };
}

export function createOpenApi(routes: readonly RouteDefinition[], info: OpenApiInfo): OpenApiDocument {
  const components = createComponents();
  components.reference(errorEnvelope, 'ErrorEnvelope', 'output');
  const examples: Record<string, JsonSchema> = {};
  const paths: OpenApiDocument['paths'] = {};
  for (const route of routes.filter((each) => !changesProtocol(each)))
    for (const { path, operation } of operationsOf(route, components, examples)) (paths[path] ??= {})[route.method] = operation;
  const rooms = [...new Set(routes.map((route) => route.room))].sort();
  return {
    openapi: '3.1.0',
    info: { license: { name: 'Unlicensed; all rights reserved', identifier: 'LicenseRef-Unlicensed' }, ...info },
    servers: [{ url: '/', description: 'This deployment' }],
    tags: rooms.map((room) => tagOf(room, routes)),
    paths,
    components: { schemas: components.schemas, examples, headers, securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
  };
}
