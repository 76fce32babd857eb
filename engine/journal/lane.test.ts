import { test } from 'node:test';
import { expect } from 'chai';
import fc from 'fast-check';
import { HiveError, silentLogger } from '../kernel/index.ts';
import { decodeRecords, encodeMessages, encodeRecords, rowOf } from './codec.ts';
import type { Append, FlushStore, Slice } from './flush.ts';
import { createLane } from './lane.ts';
import { createOpenStreams } from './open-streams.ts';
import type { Position } from './port.ts';
import type { OwnedShard } from './shard.ts';

type Fault = 'none' | 'lost request' | 'lost answer' | 'late arrival' | 'takeover';

/** A log as PostgreSQL keeps it: (shard, lsn) is unique, the fence compares epochs, and answers may get lost. */
function logWithFaults(faults: Fault[]) {
  const rows = new Map<string, { epoch: number; row: Buffer }>();
  const epochs = new Map<number, number>();
  let late: readonly Slice[] = [];
  let [underWay, mostUnderWay] = [0, 0];
  const epochOf = (shard: number) => epochs.get(shard) ?? 1;
  const keyOf = ({ shard, lsn }: Slice) => `${shard.shard}/${lsn}`;

  function insert(slices: readonly Slice[]): number[] {
    const passed = slices.filter(({ shard }) => shard.epoch === epochOf(shard.shard));
    if (passed.some((slice) => rows.has(keyOf(slice)))) throw new Error('duplicate key');
    for (const slice of passed) rows.set(keyOf(slice), { epoch: slice.shard.epoch, row: Buffer.concat(rowOf(slice.appends.map(({ records }) => records))) });
    return passed.map(({ shard }) => shard.shard);
  }

  const store: FlushStore = {
    write: async (slices) => {
      mostUnderWay = Math.max(mostUnderWay, (underWay += 1));
      await new Promise(setImmediate);
      underWay -= 1;
      const fault = faults.shift() ?? 'none';
      // An attempt whose answer never came may reach the log after we looked for it.
      const before = late;
      late = [];
      if (before.length > 0) insert(before);
      if (fault === 'takeover') epochs.set(slices[0]!.shard.shard, epochOf(slices[0]!.shard.shard) + 1);
      if (fault === 'late arrival') late = slices;
      if (fault === 'lost request' || fault === 'late arrival') throw new Error('connection lost');
      const written = insert(slices);
      if (fault === 'lost answer') throw new Error('connection lost');
      return written;
    },
    find: async (slices) => slices.filter((slice) => rows.get(keyOf(slice))?.epoch === slice.shard.epoch).map(({ shard }) => shard.shard),
  };
  const records = (shard: number) => {
    const found = [];
    for (let lsn = 1, row = rows.get(`${shard}/1`); row; row = rows.get(`${shard}/${(lsn += 1)}`)) found.push(...decodeRecords(shard, lsn, row.row));
    return found;
  };
  return { store, records, mostUnderWay: () => mostUnderWay, rowsOf: (shard: number) => [...rows.keys()].filter((key) => key.startsWith(`${shard}/`)).length };
}

const shardNumbered = (shard: number): OwnedShard => ({ shard, epoch: 1, head: 0, open: createOpenStreams(), uncovered: { flushes: 0, bytes: 0 } });

function appendTo(shard: OwnedShard, stream: string, value: unknown): Append {
  const records = encodeRecords([{ stream, scope: 'tenant', kind: 'step', at: 0, body: value }]);
  return { shard, records, messages: encodeMessages([]), touched: [{ stream, closes: false }], outbox: [] };
}

interface Step {
  readonly stream: number;
  readonly together: boolean;
}

/** Two shards, four streams; each stream's values count up. */
async function carry(steps: readonly Step[], faults: readonly Fault[], flushBytes: number) {
  const log = logWithFaults([...faults]);
  const shards = [shardNumbered(0), shardNumbered(1)];
  const lost = new Set<OwnedShard>();
  const lane = createLane({
    store: log.store, log: silentLogger, flushBytes, pause: () => new Promise(setImmediate), onDurable: () => undefined,
    onFenced: (shard) => {
      lost.add(shard);
      lane.abandon(shard);
    },
  });
  lane.start();
  const outcomes: Promise<{ stream: number; value: number; at?: Position; error?: unknown }>[] = [];
  for (const [value, { stream, together }] of steps.entries()) {
    const shard = shards[stream % 2]!;
    if (lost.has(shard)) continue;
    outcomes.push(lane.append(appendTo(shard, String(stream), value)).then((at) => ({ stream, value, at }), (error: unknown) => ({ stream, value, error })));
    if (!together) await new Promise(setImmediate);
  }
  const settled = await Promise.all(outcomes);
  await lane.stop();
  return { log, settled, lane };
}

const steps = fc.array(fc.record({ stream: fc.integer({ min: 0, max: 3 }), together: fc.boolean() }), { minLength: 1, maxLength: 40 });
const faults = fc.array(fc.constantFrom<Fault>('none', 'lost request', 'lost answer', 'late arrival', 'takeover'), { maxLength: 12 });

test('whatever fails, each acknowledged append is in the log once, where it was said to be, in its order, without gaps', async () => {
  await fc.assert(
    fc.asyncProperty(steps, faults, fc.constantFrom(1, 200, 1_000_000), async (given, failing, flushBytes) => {
      const { log, settled, lane } = await carry(given, failing, flushBytes);
      expect(log.mostUnderWay(), 'flushes at a time').to.equal(1);
      const logged = [...log.records(0), ...log.records(1)];
      for (const shard of [0, 1]) expect(new Set(log.records(shard).map(({ position }) => position.lsn)).size, 'gapless rows').to.equal(log.rowsOf(shard));
      for (const stream of ['0', '1', '2', '3']) {
        const values = logged.filter((record) => record.stream === stream).map(({ body }) => body as number);
        expect(values, `stream ${stream} in order, nothing twice`).to.deep.equal([...new Set(values)].sort((a, b) => a - b));
      }
      for (const { stream, value, at, error } of settled) {
        const found = logged.filter((record) => record.stream === String(stream) && record.body === value);
        if (at) expect(found.map(({ position }) => ({ shard: position.shard, lsn: position.lsn })), `acknowledged ${value}`).to.deep.equal([at]);
        else expect((error as HiveError).code).to.equal('JOURNAL_FENCED');
        if (error) expect(found, `refused ${value}`).to.deep.equal([]);
      }
      expect(lane.bufferedBytes).to.equal(0);
    }),
    { numRuns: 300 },
  );
});

test('appends that come while a flush is under way share the next one', async () => {
  const { log } = await carry(Array.from({ length: 20 }, () => ({ stream: 0, together: true })), [], 1_000_000);
  expect(log.rowsOf(0)).to.be.at.most(2);
});

test('a stop while the log is out of reach refuses what waits instead of waiting for ever', async () => {
  const unreachable = async (): Promise<never> => Promise.reject(new Error('connection refused'));
  const lane = createLane({
    store: { write: unreachable, find: unreachable }, log: silentLogger, flushBytes: 1_000, pause: () => new Promise(setImmediate),
    onDurable: () => undefined, onFenced: () => undefined,
  });
  lane.start();
  const outcome = lane.append(appendTo(shardNumbered(0), '0', 1)).catch((error: HiveError) => error.code);
  await new Promise(setImmediate);
  await lane.stop();
  expect(await outcome).to.equal('JOURNAL_STOPPED');
});
