/**
 * JSON Schema of the contracts, as the components of an OpenAPI 3.1 document (whose dialect is JSON Schema
 * 2020-12, so zod's own output serves as it is once its references point at the components).
 */
import { z } from 'zod';

export type JsonSchema = Record<string, unknown>;

export interface Components {
  readonly schemas: Record<string, JsonSchema>;
  /** The schema as a component, and a reference to it. `io` tells whether defaults are already filled in. */
  reference(schema: z.ZodType, name: string, io: 'input' | 'output'): JsonSchema;
}

const localDefinition = '#/$defs/';

/** Every `$ref` below `node` renamed by `rename`. */
function repoint(node: unknown, rename: (reference: string) => string): unknown {
  if (Array.isArray(node)) return node.map((each) => repoint(each, rename));
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, key === '$ref' ? rename(String(value)) : repoint(value, rename)]));
}

/** The component's name says the id already; and that further fields are ignored is said, because linters assume otherwise. */
function override({ jsonSchema }: { jsonSchema: JsonSchema }) {
  delete jsonSchema['id'];
  if (jsonSchema['type'] === 'object') jsonSchema['additionalProperties'] ??= true;
}

/** A schema converted with everything it refers to; `unrepresentable` types (functions, dates) stay unconstrained. */
export function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _dialect, ...converted } = z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12', override }) as JsonSchema;
  return converted;
}

export function createComponents(): Components {
  const schemas: Record<string, JsonSchema> = {};

  /** The name under which `converted` stands: the wanted one, or a numbered one where another schema has it. */
  function place(wanted: string, converted: JsonSchema): string {
    const text = JSON.stringify(converted);
    for (let number = 1; ; number += 1) {
      const name = number === 1 ? wanted : `${wanted}${number}`;
      const taken = schemas[name];
      if (taken && JSON.stringify(taken) !== text) continue;
      schemas[name] = converted;
      return name;
    }
  }

  function reference(schema: z.ZodType, name: string, io: 'input' | 'output'): JsonSchema {
    const { $defs, ...converted } = toJsonSchema(schema, io);
    const definitions = ($defs ?? {}) as Record<string, JsonSchema>;
    // Named schemas may differ by direction, so those of requests have their own names.
    const suffix = io === 'input' ? 'Input' : '';
    const rename = (pointer: string) =>
      `#/components/schemas/${pointer === '#' ? name : pointer.startsWith(localDefinition) ? pointer.slice(localDefinition.length) + suffix : pointer}`;
    for (const [key, definition] of Object.entries(definitions)) place(key + suffix, repoint(definition, rename) as JsonSchema);
    const own = repoint(converted, rename) as JsonSchema;
    // zod moves a schema that has an id among its own definitions and leaves a reference behind.
    return '$ref' in own ? { $ref: own['$ref'] } : { $ref: `#/components/schemas/${place(name, own)}` };
  }

  return { schemas, reference };
}
