import { describe, it } from 'node:test';
import { expect } from 'chai';
import { HiveError } from '../kernel/index.ts';
import { importWorkflow } from './import.ts';

const node = (name: string, rest: object = {}) => ({ name, type: 'n8n-nodes-base.noOp', ...rest });
const to = (name: string, index?: number) => ({ node: name, type: 'main', ...(index === undefined ? {} : { index }) });
const imported = (document: object) => importWorkflow(document, 'Greet the customer');

function refusal(document: unknown): HiveError {
  try {
    importWorkflow(document, 'Greet the customer');
  } catch (error) {
    return error as HiveError;
  }
  throw new Error('the document was accepted');
}

describe('importing an n8n document', () => {
  it('gives everything that is absent its default, and says so', () => {
    const { definition, report } = imported({ nodes: [node('Only')], connections: {} });
    expect(definition.nodes[0]).to.deep.include({
      typeVersion: 1, position: [0, 0], parameters: {}, disabled: false, maxTries: 3, waitBetweenTriesMs: 1_000, onError: 'stopWorkflow', webhookId: undefined,
    });
    expect(definition.nodes[0]?.id).to.match(/^[0-9a-f-]{36}$/);
    expect(definition.settings).to.deep.equal({ executionOrder: 'v0', timezone: undefined, errorWorkflow: undefined, executionTimeoutMs: undefined });
    expect(report[0]).to.deep.include({ node: 'Only', type: 'n8n-nodes-base.noOp', type_version: 1, verdict: 'defaulted' });
    expect(report[0]?.defaulted).to.have.members(['id', 'typeVersion', 'parameters']);
  });

  it('clamps tries and waits as n8n does, a wait of 0 included', () => {
    const tries = (maxTries: number, waitBetweenTries: number) => {
      const read = imported({ nodes: [node('N', { maxTries, waitBetweenTries })], connections: {} }).definition.nodes[0];
      return [read?.maxTries, read?.waitBetweenTriesMs];
    };
    expect([tries(1, 0), tries(9, 9_999), tries(4, 20)]).to.deep.equal([[2, 1_000], [5, 5_000], [4, 20]]);
  });

  it('keeps the last of several nodes with one name, in the place of the first', () => {
    const { definition, warnings } = imported({ nodes: [node('Twin', { id: 'old' }), node('Other'), node('Twin', { id: 'new' })], connections: {} });
    expect(definition.nodes.map(({ name, id }) => (name === 'Twin' ? id : name))).to.deep.equal(['new', 'Other']);
    expect(warnings.map(({ code, nodes }) => [code, nodes])).to.deep.equal([['DUPLICATE_NAME', ['Twin']]]);
  });

  it('keeps the place of empty outputs, fills in a missing index and leaves out connections to nobody', () => {
    const { definition, warnings } = imported({
      nodes: [node('A'), node('B')],
      connections: { A: { main: [null, [to('B'), to('Gone', 0)], [to('B', 1)]] }, Ghost: { main: [[to('A', 0)]] } },
    });
    expect(definition.connections['A']?.['main']).to.deep.equal([[], [{ node: 'B', type: 'main', index: 0 }], [{ node: 'B', type: 'main', index: 1 }]]);
    expect(Object.keys(definition.connections)).to.deep.equal(['A']);
    expect(warnings[0]?.nodes).to.have.members(['Gone', 'Ghost']);
  });

  it('reads the old ways to write things', () => {
    const { definition } = imported([{
      nodes: [node('A', { continueOnFail: true, credentials: { slackApi: 'Team' }, typeVersion: '1.1', position: [1.5, '2'] }), node('Note', { type: 'n8n-nodes-base.stickyNote' })],
      connections: [],
      settings: { timezone: 'DEFAULT', errorWorkflow: 'DEFAULT', executionTimeout: 90, executionOrder: 'v1' },
      pinData: { A: [{ id: 1 }, { json: { id: 2 } }] },
      staticData: '{"global":{"seen":3}}',
    }]);
    expect(definition.nodes).to.have.length(1);
    expect(definition.nodes[0]).to.deep.include({ onError: 'continueRegularOutput', credentials: { slackApi: { name: 'Team' } }, typeVersion: 1.1, position: [1.5, 2] });
    expect(definition.settings).to.deep.include({ executionOrder: 'v1', timezone: undefined, errorWorkflow: undefined, executionTimeoutMs: 90_000 });
    expect(definition.pinData['A']).to.deep.equal([{ json: { id: 1 } }, { json: { id: 2 } }]);
    expect(definition.staticData).to.deep.equal({ global: { seen: 3 } });
  });

  it('lists everything that is wrong at once, each with its place', () => {
    const error = refusal({
      nodes: [node('A', { position: 'left' }), { name: 'B' }, node('C', { onError: 'panic', disabled: 'yes' })],
      connections: { A: { main: { node: 'B' } } },
      settings: { timezone: 'Mars/Olympus' },
    });
    expect(error.code).to.equal('WORKFLOW_INVALID');
    expect((error.facts['issues'] as { path: string }[]).map(({ path }) => path)).to.have.members([
      'n8n_data.nodes[0].position', 'n8n_data.nodes[1].type', 'n8n_data.nodes[2].onError', 'n8n_data.nodes[2].disabled', 'n8n_data.connections["A"].main', 'n8n_data.settings.timezone',
    ]);
  });

  it('refuses what is no workflow', () => {
    for (const document of [null, 'text', { nodes: [] }, { connections: {} }, { nodes: {}, connections: {} }, { '"nodes"': '[', '"name"': '"Webhook",' }])
      expect(refusal(document).message, JSON.stringify(document)).to.match(/^Invalid n8n workflow format/);
  });

  it('bounds hostile documents before it reads them', () => {
    const deep: Record<string, unknown> = {};
    for (let level = 0, place = deep; level < 100_000; level += 1) place = place['a'] = {};
    const poisoned = JSON.parse('{"nodes":[{"name":"A","type":"x.y","parameters":{"__proto__":{"admin":true}}}],"connections":{}}');
    const crowd = { nodes: Array.from({ length: 100_000 }, (_, index) => node(`N${index}`)), connections: {} };
    const farIndex = { nodes: [node('A')], connections: { A: { main: [[to('A', 1e9)]] } } };
    for (const document of [{ nodes: [node('A', { parameters: deep })], connections: {} }, poisoned, crowd, farIndex, { nodes: [node('A\u0000')], connections: {} }])
      expect(refusal(document).code).to.equal('WORKFLOW_INVALID');
  });

  it('takes a node called after a property of every object', () => {
    const { definition } = imported({ nodes: [node('constructor'), node('B')], connections: { constructor: { main: [[to('B', 0)]] } } });
    expect(definition.connections['constructor']?.['main']).to.have.length(1);
    expect(definition.connections['toString']).to.equal(undefined);
  });

  it('asks the node library what it can execute', () => {
    const { report, warnings } = importWorkflow({ nodes: [node('A'), node('B', { type: 'n8n-nodes-base.gmail' })], connections: {} }, 'Mail', (type) => (type.endsWith('gmail') ? 'unsupported' : 'understood'));
    expect(report.map(({ verdict }) => verdict)).to.deep.equal(['defaulted', 'unsupported']);
    expect(warnings.map(({ code, nodes }) => [code, nodes])).to.deep.equal([['UNSUPPORTED_NODE', ['B']]]);
  });
});
