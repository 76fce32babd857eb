/** What n8n would refuse to run: checked before any logic of the node. */
import type { WorkflowNode } from '../../workflows/index.ts';
import { stepInputInvalid } from './errors.ts';
import type { NodeCall, NodeType } from './node-type.ts';
import { visible, withDefaults, type Parameter } from './parameters.ts';
import type { Values } from './values.ts';

/** The parameters as stored: required ones are there, choices are among the known ones. Throws STEP_INPUT_INVALID. */
export function checkStored(type: NodeType, node: WorkflowNode): void {
  for (const { parameter, value } of effective(type, node)) {
    if (parameter.required && isMissing(value)) throw stepInputInvalid({ node: node.name, parameter: parameter.name, found: 'missing', expected: expectationOf(parameter) });
    if (!isExpression(value)) checkValue(node, parameter, { value });
  }
}

/** The parameters as resolved for each item. An expression that failed is the node's own failure and left to it. */
export function checkResolved(type: NodeType, call: NodeCall): void {
  const expressions = effective(type, call.node).filter(({ value }) => isExpression(value));
  if (expressions.length === 0) return;
  for (const index of type.resolves === 'first' ? [0] : call.items.keys()) {
    const values = valuesAt(call, index);
    for (const { parameter } of values ? expressions : []) checkValue(call.node, parameter, { value: values?.raw(parameter.name), item: index });
  }
}

/** The declarations that take effect, each with its stored or default value; of several with one name the first. */
function effective(type: NodeType, node: WorkflowNode): { parameter: Parameter; value: unknown }[] {
  const values = withDefaults(type.parameters, node.parameters, node.typeVersion);
  const shown = visible(type.parameters, node.parameters, node.typeVersion);
  return shown.filter(({ name }, index) => shown.findIndex((other) => other.name === name) === index).map((parameter) => ({ parameter, value: values[parameter.name] }));
}

function valuesAt(call: NodeCall, index: number): Values | undefined {
  try {
    return call.at(index);
  } catch {
    return undefined;
  }
}

function checkValue(node: WorkflowNode, parameter: Parameter, { value, item }: { value: unknown; item?: number }): void {
  if (isMissing(value) || fits(parameter, value)) return;
  throw stepInputInvalid({ node: node.name, parameter: parameter.name, found: shown(value), expected: expectationOf(parameter), item });
}

function fits({ type, options, fields, groups }: Parameter, value: unknown): boolean {
  if (type === 'number') return typeof value !== 'object' && !Number.isNaN(Number(value));
  if (type === 'options' && options) return options.some((option) => String(option) === String(value));
  if (type === 'multiOptions') return Array.isArray(value) || typeof value === 'string';
  if (fields || groups) return typeof value === 'object';
  return true;
}

function expectationOf({ type, options }: Parameter): string {
  if (type === 'options' && options) return `one of ${options.map((option) => JSON.stringify(option)).join(', ')}`;
  if (type === 'collection' || type === 'group') return 'an object';
  if (type === 'multiOptions') return 'a list';
  return type === 'any' ? 'a value' : `a value of type ${type}`;
}

const isMissing = (value: unknown) => value === undefined || value === null || value === '';
const isExpression = (value: unknown) => typeof value === 'string' && value.startsWith('=');

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
