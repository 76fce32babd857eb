import { describe, it } from 'node:test';
import { expect } from 'chai';
import type { HiveError } from '../kernel/index.ts';
import { graphWarnings, refuseEndlessCycles, topologicalOrder } from './graph.ts';
import { importWorkflow } from './import.ts';
import type { WorkflowDefinition } from './port.ts';

/** `Start>Loop Loop:0>Done Loop:1>Work` with types by name prefix; what is not listed is a noOp. */
function graph(edges: string, types: Record<string, string> = {}): WorkflowDefinition {
  const connections: Record<string, { main: { node: string; type: string; index: number }[][] }> = {};
  const names = new Set<string>();
  for (const edge of edges.split(' ').filter(Boolean)) {
    const [from = '', to = ''] = edge.split('>');
    const [source = '', output = '0'] = from.split(':');
    const slots = (connections[source] ??= { main: [] }).main;
    while (slots.length <= Number(output)) slots.push([]);
    slots[Number(output)]?.push({ node: to, type: 'main', index: 0 });
    names.add(source).add(to);
  }
  const nodes = [...names].map((name) => ({ name, type: `n8n-nodes-base.${types[name] ?? (name === 'Start' ? 'manualTrigger' : 'noOp')}` }));
  return importWorkflow({ nodes, connections }, 'graph').definition;
}

function cycleOf(definition: WorkflowDefinition): unknown {
  try {
    refuseEndlessCycles(definition);
    return undefined;
  } catch (error) {
    return (error as HiveError).facts['nodes'];
  }
}

describe('cycles', () => {
  it('are refused by name when nothing in them can end them', () => {
    expect(cycleOf(graph('Start>A A>B B>C C>A'))).to.have.members(['A', 'B', 'C']);
    expect(cycleOf(graph('Start>A A>A'))).to.deep.equal(['A']);
  });

  it('are legal with a loop, a condition or a second way out', () => {
    expect(cycleOf(graph('Start>Loop Loop:0>Done Loop:1>Work Work>Loop', { Loop: 'splitInBatches' }))).to.equal(undefined);
    expect(cycleOf(graph('Start>A A>Ready Ready:1>A', { Ready: 'if' })), 'the true output leads nowhere').to.equal(undefined);
    expect(cycleOf(graph('Start>A A>Call Call:0>A Call:1>Failed', { Call: 'httpRequest' }))).to.equal(undefined);
  });

  it('are refused when every way out leads back in', () => {
    expect(cycleOf(graph('Start>A A>Either Either:0>A Either:1>B B>A', { Either: 'if' }))).to.have.members(['A', 'Either', 'B']);
  });

  it('are refused inside a loop that could end by itself', () => {
    expect(cycleOf(graph('Start>Loop Loop:0>Done Loop:1>A A>B B>A B>Loop', { Loop: 'splitInBatches' }))).to.have.members(['A', 'B']);
  });

  it('do not count a disabled node as a way out', () => {
    const definition = graph('Start>A A>Ready Ready:1>A', { Ready: 'if' });
    const disabled = { ...definition, nodes: definition.nodes.map((node) => ({ ...node, disabled: node.name === 'Ready' })) };
    expect(cycleOf(disabled)).to.have.members(['A', 'Ready']);
  });
});

describe('warnings', () => {
  it('name what no start reaches, but not the sub-nodes of what is reached', () => {
    const definition = importWorkflow(
      {
        nodes: [['Chat', '@n8n/x.chatTrigger'], ['Agent', '@n8n/x.agent'], ['Model', '@n8n/x.lmChat'], ['Lonely', 'n8n-nodes-base.set']].map(([name, type]) => ({ name, type })),
        connections: { Chat: { main: [[{ node: 'Agent', type: 'main', index: 0 }]] }, Model: { ai_languageModel: [[{ node: 'Agent', type: 'ai_languageModel', index: 0 }]] } },
      },
      'chat',
    ).definition;
    expect(graphWarnings(definition).map(({ code, nodes }) => [code, nodes])).to.deep.equal([['UNREACHABLE_NODE', ['Lonely']]]);
  });

  it('say when nothing can start', () => {
    expect(graphWarnings(graph('A>B')).map(({ code }) => code)).to.deep.equal(['NO_START_NODE']);
  });
});

describe('topological order', () => {
  it('puts every node after those that feed it, and does not exist for a loop', () => {
    expect(topologicalOrder(graph('Join>End Start>B Start>A A>Join B>Join'))).to.deep.equal(['Start', 'B', 'A', 'Join', 'End']);
    expect(topologicalOrder(graph('Start>A A>A'))).to.equal(undefined);
  });
});
