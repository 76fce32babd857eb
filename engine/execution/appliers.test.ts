import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'node:test';
import type { Recorded } from '../journal/index.ts';
import type { Sql } from '../storage/index.ts';
import { createExecutionApplier, jsonbText, statementsOf } from './appliers.ts';
import { playThrough } from './rehearsal.test.ts';

/** The rows that the applier hands to each query, by its name. */
async function rowsOf(records: readonly Recorded[]) {
  const written: Record<string, Record<string, unknown>[]> = {};
  const affected: Sql['affected'] = async ({ name }, [text] = []) => {
    (written[name] ??= []).push(...(JSON.parse(text as string) as Record<string, unknown>[]));
    return 0;
  };
  const sql = { affected, enter: async () => undefined } as unknown as Sql;
  await createExecutionApplier(async () => ({ schema: 's', role: 'r' })).apply(sql, records);
  return written;
}

const mended = (text: string) => text.toWellFormed().replaceAll('\0', '\uFFFD');
const anyText = fc.string({ unit: fc.constantFrom('\0', '\uD83D', '\uDE00', '\\', '"', 'u0000', '\\u0000', '\\ud800', 'é', '😀') });

describe('the applier', () => {
  it('turns what jsonb refuses into U+FFFD and leaves all else, in keys as in values', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyText, anyText)), (pairs) => {
        const kept = JSON.parse(jsonbText(pairs)) as string[][];
        expect(kept).to.deep.equal(pairs.map((pair) => pair.map(mended)));
        expect(Object.keys(JSON.parse(jsonbText(Object.fromEntries(pairs))) as object)).to.have.members([...new Set(pairs.map(([key]) => mended(key)))]);
      }),
      { numRuns: 500 },
    );
  });

  it('takes as many statements as large rows need, in order, and one for small ones', () => {
    const rows = Array.from({ length: 5 }, (_, index) => ({ index, text: 'x'.repeat(3_000_000) }));
    const statements = [...statementsOf(rows)];
    expect(statements.map((text) => (JSON.parse(text) as unknown[]).length)).to.deep.equal([2, 2, 1]);
    expect(statements.flatMap((text) => JSON.parse(text) as { index: number }[]).map(({ index }) => index)).to.deep.equal([0, 1, 2, 3, 4]);
    expect([...statementsOf([{ a: 1 }, { a: 2 }])]).to.deep.equal(['[{"a":1},{"a":2}]']);
    expect([...statementsOf([])]).to.deep.equal([]);
  });

  it('gives times that PostgreSQL takes, whatever the clock said', async () => {
    const { log } = await playThrough({ parts: [{ name: 'Start' }] });
    for (const at of [Number.NaN, 1e300, -1e300, Date.UTC(10_000, 0), Date.UTC(2026, 0)]) {
      const rows = await rowsOf(log.map((record) => ({ ...record, body: { ...(record.body as object), at, createdAt: at, startedAt: at } })));
      const times = Object.values(rows).flat().flatMap((row) => Object.entries(row)).filter(([name]) => /(^at|_at|timestamp)$/.test(name));
      for (const [name, time] of times) expect(time, `${name} at ${at}`).to.match(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    }
  });

  it('calls an output that is tried again no success', async () => {
    const { log } = await playThrough({ parts: [{ name: 'Start', lines: ['soft failure', 'ok'], retryOnFail: true }] });
    expect((await rowsOf(log))['insert_execution_steps']!.map(({ attempt, status }) => [attempt, status])).to.deep.equal([[1, 'error'], [2, 'success']]);
  });

  it('brings an execution to its end, whether its records come at once or one by one', async () => {
    const { log } = await playThrough({ parts: [{ name: 'Start', to: [['Next']] }, { name: 'Next', lines: ['fails'] }] });
    const atOnce = (await rowsOf(log))['update_executions']!;
    const oneByOne: Record<string, unknown> = {};
    for (const record of log) for (const row of (await rowsOf([record]))['update_executions'] ?? []) Object.assign(oneByOne, row);
    expect(atOnce).to.deep.equal([oneByOne]);
    expect(oneByOne).to.include({ status: 'failed', phase: 'COMPLETED', error_node: 'Next', error_message: 'Next broke' });
  });
});
