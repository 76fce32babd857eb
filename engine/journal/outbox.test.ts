import { test } from 'node:test';
import { expect } from 'chai';
import fc from 'fast-check';
import { silentLogger } from '../kernel/index.ts';
import type { Query, Sql } from '../storage/index.ts';
import { encodeMessages, rowOf } from './codec.ts';
import { createOutbox } from './outbox.ts';
import type { Delivery } from './outbox-queue.ts';

/** The two tables of the outbox, for one shard. */
function tables() {
  const messages = new Map<number, Buffer>();
  let delivered = 0;
  const answer = async (_query: Query, parameters: readonly unknown[] = []) => {
    const [, after, limit] = parameters as [number, number, number];
    // What is told while the answer travels is not in it.
    const page = [...messages].filter(([lsn]) => lsn > after).slice(0, limit).map(([lsn, row]) => ({ lsn: String(lsn), messages: row }));
    await new Promise(setImmediate);
    return page;
  };
  const sql = {
    rows: answer,
    affected: async (_query: Query, [, positions]: readonly [unknown, readonly number[]]) => (delivered = Math.max(delivered, ...positions)),
  } as unknown as Sql;
  return { messages, recorded: () => delivered, database: { asOwner: <T>(work: (sql: Sql) => Promise<T>) => work(sql) } };
}

const told = (lsn: number, count: number) => Array.from({ length: count }, (_, index) => ({ topic: 'news', key: `${lsn}/${index}`, body: null }));

async function deliverAll(flushes: readonly { size: number; pause: boolean }[], inherited: number) {
  const { messages, database, recorded } = tables();
  const outbox = createOutbox({ database, log: silentLogger });
  const received: Delivery[] = [];
  outbox.onDeliver(async (batch) => {
    await new Promise(setImmediate);
    received.push(...batch);
  });
  outbox.start();
  const expected: string[] = [];
  for (const [index, { size, pause }] of flushes.entries()) {
    const news = told(index + 1, size);
    if (size > 0) messages.set(index + 1, Buffer.concat(rowOf([encodeMessages(news)])));
    expected.push(...news.map(({ key }) => key));
    if (index + 1 === inherited) outbox.adopt(0, 0);
    else if (index + 1 > inherited) outbox.told({ shard: 0, lsn: index + 1 }, news);
    if (pause) await new Promise(setImmediate);
  }
  await outbox.settled();
  await outbox.stop();
  return { received, expected, recorded: recorded() };
}

test('every message is delivered, in the order of the log, whether it came from memory or was read back', async () => {
  const flush = fc.record({ size: fc.constantFrom(0, 1, 3, 900), pause: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(flush, { minLength: 1, maxLength: 150 }), fc.nat(100), async (flushes, inherited) => {
      const { received, expected, recorded } = await deliverAll(flushes, (inherited % flushes.length) + 1);
      expect(received.map(({ key }) => key)).to.deep.equal(expected);
      expect(recorded, 'the recorded position').to.equal(received.at(-1)?.position.lsn ?? 0);
    }),
    { numRuns: 40 },
  );
});

test('a receiver that fails gets the same messages again before any later one', async () => {
  const { database } = tables();
  const outbox = createOutbox({ database, log: silentLogger });
  const attempts: string[][] = [];
  outbox.onDeliver(async (batch) => {
    attempts.push(batch.map(({ key }) => key));
    if (attempts.length === 1) throw new Error('nobody listens');
  });
  outbox.start();
  outbox.adopt(0, 0);
  await outbox.settled();
  outbox.told({ shard: 0, lsn: 1 }, told(1, 1));
  outbox.told({ shard: 0, lsn: 2 }, told(2, 1));
  await outbox.settled();
  await outbox.stop();
  expect(attempts).to.deep.equal([['1/0'], ['1/0'], ['2/0']]);
});
