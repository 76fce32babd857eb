/**
 * The nodes of a workflow as MCP tool descriptors (flows hive-db-workflows and hive-mcp-translation), stored
 * beside the document. Names and descriptions of http_request and code_execution are the documented ones; a
 * node of another type is named after its type.
 *
 * Left out: starts, which begin a run and are not called within one, and disabled nodes.
 * Values that stand in a parameter are never copied into a schema: tools are shown to other programs, and a
 * fixed header may be a secret.
 */
import { isStart } from './graph.ts';
import type { WorkflowDefinition, WorkflowNode } from './port.ts';
import { isFields } from './reading.ts';

export interface McpTool {
  /** Unique within the workflow; a second node of a type gets `_2`. */
  readonly name: string;
  readonly description: string;
  /** JSON Schema 2020-12 of what varies from call to call. */
  readonly inputSchema: Readonly<Record<string, unknown>>;
  /** The node that it was translated from. */
  readonly node: string;
  readonly nodeType: string;
}

/** Parameters described in one schema; deeper or later ones stay fixed in the node. */
const MOST_PROPERTIES = 64;
const DEEPEST_PARAMETER = 6;

interface Parameter {
  readonly path: string;
  readonly value: unknown;
}

/** Scalars of a node's parameters, with the dotted path to each; a list counts its elements. */
function scalars(value: unknown, path: string, depth = 0): Parameter[] {
  if (depth > DEEPEST_PARAMETER) return [];
  if (Array.isArray(value)) return value.flatMap((child, index) => scalars(child, `${path}.${index}`, depth + 1));
  if (isFields(value)) return Object.entries(value).flatMap(([key, child]) => scalars(child, path ? `${path}.${key}` : key, depth + 1));
  return value === null || value === undefined ? [] : [{ path, value }];
}

const isExpression = (value: unknown): value is string => typeof value === 'string' && value.startsWith('=');

/** Fields of the incoming item that an expression reads: `$json.id`, `$json["order id"]`. */
function readFields(expression: string): string[] {
  const pattern = /\$json(?:\.([A-Za-z_$][\w$]*)|\[\s*(?:"([^"\\]+)"|'([^'\\]+)')\s*\])/g;
  return [...expression.matchAll(pattern)].map((match) => (match[1] ?? match[2] ?? match[3])!);
}

const schemaType = (value: unknown) => (typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : 'string');

function propertyOf({ path, value }: Parameter): Record<string, unknown> {
  if (!isExpression(value)) return { type: schemaType(value), description: `Parameter ${path}; fixed in the node unless given` };
  const fields = readFields(value);
  const from = fields.length > 0 ? `, from ${fields.map((field) => `item.${field}`).join(', ')}` : '';
  return { description: `Parameter ${path}; computed for each item${from}` };
}

/** What the node reads of its item is required; its own parameters may be given instead of being computed. */
function inputSchemaOf(node: WorkflowNode): Record<string, unknown> {
  const parameters = scalars(node.parameters, '').slice(0, MOST_PROPERTIES);
  const fields = [...new Set(parameters.flatMap(({ value }) => (isExpression(value) ? readFields(value) : [])))];
  const properties = Object.fromEntries(parameters.map((parameter) => [parameter.path, propertyOf(parameter)]));
  const item = { type: 'object', description: 'The incoming item', properties: Object.fromEntries(fields.map((field) => [field, {}])), required: fields };
  return {
    type: 'object',
    properties: fields.length > 0 ? { item, ...properties } : properties,
    required: fields.length > 0 ? ['item'] : [],
    additionalProperties: false,
  };
}

const CODE_SCHEMA = {
  type: 'object',
  properties: { code: { type: 'string', description: 'Source text' }, language: { type: 'string', description: 'Such as javaScript' } },
  required: ['code'],
  additionalProperties: false,
};

const snakeCase = (text: string) => text.replace(/([a-z\d])([A-Z])/g, '$1_$2').replace(/[^A-Za-z\d]+/g, '_').toLowerCase();
const text = (value: unknown) => (typeof value === 'string' && !isExpression(value) ? value : '');

type Descriptor = Pick<McpTool, 'name' | 'description' | 'inputSchema'>;

function describe(node: WorkflowNode): Descriptor {
  switch (node.type) {
    case 'n8n-nodes-base.httpRequest':
      return { name: 'http_request', description: text(node.parameters['description']), inputSchema: inputSchemaOf(node) };
    case 'n8n-nodes-base.code':
      return { name: 'code_execution', description: 'Execute custom code', inputSchema: CODE_SCHEMA };
    default: {
      const type = node.type.slice(node.type.lastIndexOf('.') + 1);
      const verb = [text(node.parameters['resource']), text(node.parameters['operation'])].filter(Boolean).join(' ');
      return { name: snakeCase(type), description: verb ? `${node.name}: ${verb}` : node.name, inputSchema: inputSchemaOf(node) };
    }
  }
}

/** One tool a node, in file order; the same definition gives the same tools. */
export function mcpToolsOf({ nodes }: WorkflowDefinition): McpTool[] {
  const used = new Map<string, number>();
  return nodes
    .filter((node) => !node.disabled && !isStart(node))
    .map((node) => {
      const { name, description, inputSchema } = describe(node);
      const count = (used.get(name) ?? 0) + 1;
      used.set(name, count);
      return { name: count === 1 ? name : `${name}_${count}`, description, inputSchema, node: node.name, nodeType: node.type };
    });
}
