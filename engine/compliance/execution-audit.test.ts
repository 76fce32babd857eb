import { describe, it } from 'node:test';
import { expect } from 'chai';
import type { Recorded } from '../journal/index.ts';
import { executionAuditApplier } from './execution-audit.ts';

const execution = '7a0f9a34-58ef-4b0a-8f0c-6a3f2f7f1c55';
const tenant = '2b6c1d5e-6a0f-4a3e-8f61-0f3a7f2f9c10';
const at = Date.parse('2026-11-21T09:30:00Z');

const fired = (sequence: number, body: object): Recorded => ({
  stream: execution, scope: tenant, kind: 'hook.fired', at, position: { shard: 3, lsn: 40, index: sequence },
  body: { executionId: execution, tenantId: tenant, workflowId: execution, sequence, audit: 'Log', ...body },
});

async function applied(records: readonly Recorded[]) {
  const statements: { name: string; parameters: readonly unknown[] }[] = [];
  const run = async ({ name }: { name: string }, parameters: readonly unknown[] = []) => void statements.push({ name, parameters });
  const sql = { rows: run, one: run, affected: run, enter: async () => undefined } as unknown as Parameters<typeof executionAuditApplier.apply>[0];
  await executionAuditApplier.apply(sql, records);
  const stored = statements.find(({ name }) => name === 'store_execution_audit');
  return { names: statements.map(({ name }) => name), text: String(stored?.parameters[0]), rows: stored && (JSON.parse(String(stored.parameters[0])) as Record<string, unknown>[]) };
}

describe('the audit logger of executions', () => {
  it('stores a batch in one statement, with each record\'s place in the journal', async () => {
    const { names, rows } = await applied([fired(1, { event: 'workflow:start' }), fired(2, { event: 'error:occurred', node: 'Fetch', at: at + 5, facts: { code: 'X' } })]);
    expect(names).to.deep.equal(['name_tenant', 'store_execution_audit', 'name_tenant']);
    expect(rows).to.deep.equal([
      { execution_id: execution, sequence: 1, tenant_id: tenant, workflow_id: execution, event: 'workflow:start', audit: 'Log', level: 'info', node: null,
        at: '2026-11-21T09:30:00.000Z', facts: {}, shard: 3, lsn: 40, record: 1 },
      { execution_id: execution, sequence: 2, tenant_id: tenant, workflow_id: execution, event: 'error:occurred', audit: 'Log', level: 'error', node: 'Fetch',
        at: '2026-11-21T09:30:00.005Z', facts: { code: 'X' }, shard: 3, lsn: 40, record: 2 },
    ]);
  });

  it('stores what PostgreSQL would refuse in a form that it takes', async () => {
    const { text } = await applied([fired(1, { event: 'error:occurred', facts: { 'a\0b': ['\ud800', 'x\0'] } })]);
    expect(text).to.not.match(/\\u0000|\\ud800/i);
    expect((JSON.parse(text) as { facts: object }[])[0]?.facts).to.deep.equal({ 'a\ufffdb': ['\ufffd', 'x\ufffd'] });
  });

  it('refuses a hook that is not documented instead of losing it', async () => {
    const error = await applied([fired(1, { event: 'workflow:paused' })]).catch((thrown: Error) => thrown.name);
    expect(error).to.equal('ZodError');
  });

  it('does nothing for nothing', async () => void expect((await applied([])).names).to.deep.equal([]));
});
