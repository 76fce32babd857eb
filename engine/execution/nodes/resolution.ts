/**
 * From a step to what its node is given: parameters with defaults, expressions resolved for all items in one
 * crossing into the sandbox, and the scope that expressions read.
 */
import type { WorkflowDefinition } from '../../workflows/index.ts';
import type { StepEnvironment, Work } from '../interpreter/port.ts';
import type { Scope } from '../sandbox/port.ts';
import type { Catalogue } from './catalogue.ts';
import { faultFrom, NodeFault } from './fault.ts';
import type { NodeCall, NodeServices, NodeType } from './node-type.ts';
import { withDefaults } from './parameters.ts';
import { joinPieces, splitPieces } from './pieces.ts';
import { Values } from './values.ts';

type Tree = Record<string, unknown>;

export interface Step {
  readonly work: Work;
  readonly environment: StepEnvironment;
}

export async function prepareCall({ work, environment }: Step, catalogue: Catalogue, services: NodeServices): Promise<NodeCall> {
  const type = catalogue.require(work.node);
  const { node, inputs, runIndex } = work;
  const scope = scopeOf(work, environment, catalogue);
  const items = inputs[scope.expressionInput] ?? [];
  const indexes = type.resolves === 'first' ? [0] : items.map((_, index) => index);
  const parameters = withDefaults(type.parameters, node.parameters, node.typeVersion);
  const resolved = await resolveParameters({ type, parameters, indexes }, scope, services);
  const at = (index: number) => resolvedAt(resolved, type.resolves === 'first' ? 0 : index);
  return { node, runIndex, inputs, items, at, continues: node.onError !== 'stopWorkflow', scope, environment, services };
}

function resolvedAt(resolved: readonly (Values | NodeFault)[], index: number): Values {
  const values = resolved[resolved.length === 1 ? 0 : index];
  if (values instanceof Values) return values;
  throw values ?? new NodeFault(`There is no item ${index}`);
}

interface Unresolved {
  readonly type: NodeType;
  readonly parameters: Tree;
  readonly indexes: readonly number[];
}

async function resolveParameters({ type, parameters, indexes }: Unresolved, scope: Scope, services: NodeServices): Promise<(Values | NodeFault)[]> {
  const sources = type.parameters.filter((parameter) => parameter.type === 'code' && Object.hasOwn(parameters, parameter.name)).map(({ name }) => [name, parameters[name]]);
  const fixed = Object.fromEntries(sources) as Tree;
  const open = Object.fromEntries(Object.entries(parameters).filter(([name]) => !Object.hasOwn(fixed, name)));
  if (!hasExpression(open)) return [new Values(parameters)];
  const resolved = await services.sandbox.resolve(splitPieces(type.parameters, open), scope, indexes);
  return resolved.map((one) => (one.ok ? new Values({ ...(joinPieces(one.value) as Tree), ...fixed }) : faultFrom(one.error)));
}

function hasExpression(value: unknown): boolean {
  if (typeof value === 'string') return value.startsWith('=');
  return typeof value === 'object' && value !== null && Object.values(value).some(hasExpression);
}

function scopeOf({ node, inputs, source, runIndex }: Work, environment: StepEnvironment, catalogue: Catalogue): Scope {
  const { definition, executionId, mode, workflow, runData, contexts, staticData, now, timezone } = environment;
  const filled = inputs.findIndex((items) => items.length > 0);
  return {
    workflow, execution: { id: executionId, mode },
    node: { name: node.name, type: node.type, typeVersion: node.typeVersion, id: node.id },
    nodes: nodesOf(definition, catalogue), connections: definition.connections,
    runData, inputs, source, runIndex, now, timezone, contexts, staticData: structuredClone(staticData),
    expressionInput: definition.settings.executionOrder === 'v1' ? Math.max(filled, 0) : 0,
  };
}

const nodesByDefinition = new WeakMap<WorkflowDefinition, Scope['nodes']>();

/** Definitions are immutable, so their defaults are filled in once. */
function nodesOf(definition: WorkflowDefinition, catalogue: Catalogue): Scope['nodes'] {
  const known = nodesByDefinition.get(definition);
  if (known) return known;
  const nodes = definition.nodes.map(({ name, type, typeVersion, parameters, disabled }) => {
    const declared = catalogue.find(type, typeVersion)?.parameters;
    return { name, type, typeVersion, disabled, parameters: declared ? withDefaults(declared, parameters, typeVersion) : parameters };
  });
  nodesByDefinition.set(definition, nodes);
  return nodes;
}
