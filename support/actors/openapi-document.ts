/** The served description of the API, as a client reads it. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ask } from './api-client.ts';

export interface Schema {
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly example?: unknown;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly $ref?: string;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly schema: Schema;
}

export interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With parameters in braces. */
  readonly path: string;
  readonly operationId: string;
  readonly parameters: readonly Parameter[];
  /** With `$ref` followed. */
  readonly body: Schema | undefined;
  readonly bodyRequired: boolean;
  readonly needsToken: boolean;
  /** Error codes by status, as documented. */
  readonly codes: Readonly<Record<string, readonly string[]>>;
}

export interface ApiDescription {
  readonly source: any;
  readonly operations: readonly Operation[];
  readonly follow: (schema: Schema) => Schema;
}

/** `{id}` and its like filled in with something that fits and that nobody has. */
export function pathOf({ path, parameters }: Pick<Operation, 'path' | 'parameters'>, chosen: Readonly<Record<string, string>> = {}): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => chosen[name] ?? fitting(parameters.find((each) => each.name === name)?.schema ?? {}));
}

function fitting({ type, format }: Schema): string {
  if (format === 'uuid') return randomUUID();
  return type === 'integer' ? '1' : `nobody-${randomUUID().slice(0, 8)}`;
}

function codesOf(responses: Record<string, any>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(responses).map(([status, answer]) => [status, Object.keys(answer.content?.['application/json']?.examples ?? {})]));
}

export async function readDescription(engineUrl: string): Promise<ApiDescription> {
  const { body: source } = await ask(engineUrl, { path: '/openapi.json' });
  const follow = (schema: Schema): Schema => (schema.$ref ? follow(source.components.schemas[schema.$ref.split('/').at(-1)!]) : schema);
  const operations = Object.entries<any>(source.paths).flatMap(([path, methods]) =>
    Object.entries<any>(methods).map(([method, operation]): Operation => {
      const content = operation.requestBody?.content['application/json'].schema as Schema | undefined;
      return {
        method: method.toUpperCase() as Operation['method'], path, operationId: operation.operationId, parameters: operation.parameters ?? [],
        body: content && follow(content), bodyRequired: operation.requestBody?.required ?? false, needsToken: operation.security.length > 0, codes: codesOf(operation.responses),
      };
    }),
  );
  return { source, operations, follow };
}

/** What Redocly's recommended rules say of the description: one line a problem, warnings included. */
export async function lintDescription({ source }: ApiDescription): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'openapi-'));
  try {
    const file = join(folder, 'openapi.json');
    await writeFile(file, JSON.stringify(source));
    const redocly = join(import.meta.dirname, '..', '..', 'node_modules', '@redocly', 'cli', 'bin', 'cli.js');
    const environment = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', NODE_OPTIONS: '', NODE_V8_COVERAGE: '' };
    const run = promisify(execFile)(process.execPath, [redocly, 'lint', file, '--extends', 'recommended', '--format', 'json'], { cwd: folder, env: environment });
    // It ends with 1 when it found errors; the report stands on its output all the same.
    const { stdout } = await run.catch((ended: { stdout?: string }) => ({ stdout: ended.stdout ?? '' }));
    const report = JSON.parse(stdout.slice(stdout.indexOf('{'), stdout.lastIndexOf('}') + 1)) as { problems: { ruleId: string; message: string; location: { pointer?: string }[] }[] };
    return report.problems.map(({ ruleId, message, location }) => `${ruleId} at ${location[0]?.pointer ?? '?'}: ${message}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
