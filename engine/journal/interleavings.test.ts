/**
 * Processes that meet at the worst moment: each test tells one interleaving, with the whole room on both sides.
 *
 * The tables are in memory and do what the statements promise: each is atomic, (shard, lsn) is unique, the fence
 * compares epochs. A statement can be held on its way to them, or its answer on the way back, and then be let through
 * or lost; that is all that a network can do to it. That the SQL keeps these promises is seen against PostgreSQL only.
 */
import { after, test } from 'node:test';
import { expect } from 'chai';
import { silentLogger, type HiveError } from '../kernel/index.ts';
import type { Query, Sql } from '../storage/index.ts';
import { decodeRecords } from './codec.ts';
import { createJournal, type JournalOptions } from './index.ts';
import { createBell } from './pace.ts';
import type { Recorded } from './port.ts';

/** Sockets keep a process alive, timers of the journal do not: something has to while both sides only wait. */
const alive = setInterval(() => undefined, 1_000);
after(() => clearInterval(alive));
/** Who waits for something that never comes fails. */
const bounded = { timeout: 10_000 };

interface ShardRow { shard: number; epoch: number; owner: string | null }
interface LogRow { shard: number; epoch: number; lsn: number; records: Buffer }

interface Tables {
  readonly shards: ShardRow[];
  readonly processes: Map<string, string>;
  /** Names of processes whose lease ran out. */
  readonly expired: Set<string>;
  readonly log: LogRow[];
  readonly messages: { shard: number; lsn: number; messages: Buffer }[];
  readonly applied: Map<number, number>;
  readonly delivered: Map<number, number>;
}

/** By the name of the statement. */
type Answers = Readonly<Record<string, (values: never) => readonly object[]>>;

const emptyTables = (): Tables =>
  ({ shards: [], processes: new Map(), expired: new Set(), log: [], messages: [], applied: new Map(), delivered: new Map() });

function leaseAnswers({ shards, processes, expired }: Tables): Answers {
  const seen = () => [...processes].map(([id, name]) => ({ id, name, expired: expired.has(name), present: true }));
  const take = (id: string, wanted: readonly number[], epochs: readonly string[]) =>
    wanted.flatMap((number, index) => {
      const row = shards.find(({ shard, epoch }) => shard === number && epoch === Number(epochs[index]));
      return row ? [Object.assign(row, { epoch: row.epoch + 1, owner: id })] : [];
    });
  return {
    count_shards: () => [{ shards: shards.length }],
    seed_shards: ([count]: number[]) => (shards.push(...Array.from({ length: count! }, (_, shard) => ({ shard, epoch: 0, owner: null }))), []),
    register_process: ([id, name]: string[]) => (processes.set(id!, name!), []),
    renew_lease: ([id]: string[]) => [{ renewed: processes.has(id!), processes: seen(), shards: shards.map((row) => ({ ...row })) }],
    take_shards: ([id, wanted, epochs]: [string, number[], string[]]) => take(id, wanted, epochs).map(({ shard, epoch }) => ({ shard, epoch: String(epoch) })),
    release_shards: ([id, held]: [string, number[]]) => (shards.filter((row) => held.includes(row.shard) && row.owner === id).forEach((row) => (row.owner = null)), []),
    leave_processes: ([id]: string[]) => (processes.delete(id!), []),
  };
}

function logAnswers({ shards, log, messages, delivered }: Tables): Answers {
  const fencedOff = (shard: number, epoch: number) => shards[shard]!.epoch !== epoch;
  function append([numbers, epochs, lsns, starts, recordBytes, messageBytes, bytes]: [number[], number[], number[], number[], number[], number[], Buffer]) {
    const passed = [...numbers.keys()].filter((index) => !fencedOff(numbers[index]!, epochs[index]!));
    for (const index of passed) {
      const [shard, lsn, from] = [numbers[index]!, lsns[index]!, starts[index]! - 1];
      if (log.some((row) => row.shard === shard && row.lsn === lsn)) throw new Error('duplicate key');
      const middle = from + recordBytes[index]!;
      log.push({ shard, lsn, epoch: epochs[index]!, records: bytes.subarray(from, middle) });
      if (messageBytes[index]! > 0) messages.push({ shard, lsn, messages: bytes.subarray(middle, middle + messageBytes[index]!) });
    }
    return passed.map((index) => ({ shard: numbers[index]! }));
  }
  const found = ([numbers, epochs, lsns]: [number[], number[], number[]]) =>
    numbers.flatMap((shard, index) => (log.some((row) => row.shard === shard && row.epoch === epochs[index] && row.lsn === lsns[index]) ? [{ shard }] : []));
  const head = (shard: number) => Math.max(0, ...log.filter((row) => row.shard === shard).map(({ lsn }) => lsn));
  return {
    append_flush: append,
    find_flushes: found,
    read_positions: ([shard]: number[]) => [{ head: String(head(shard!)), delivered: String(delivered.get(shard!) ?? 0), checkpoint: '0' }],
    read_rows_after: ([shard, lsn]: number[]) => log.filter((row) => row.shard === shard && row.lsn > lsn!),
    read_undelivered: ([shard, lsn]: number[]) => messages.filter((row) => row.shard === shard && row.lsn > lsn!),
    record_delivered: ([numbers, lsns]: [number[], number[]]) => (numbers.forEach((shard, index) => delivered.set(shard, lsns[index]!)), []),
  };
}

function applyAnswers({ shards, log, applied }: Tables): Answers {
  function unapplied([shard, epoch]: number[]) {
    if (shards[shard!]!.epoch !== epoch) return [];
    const after_lsn = applied.get(shard!) ?? 0;
    const rows = log.filter((row) => row.shard === shard && row.lsn > after_lsn);
    return rows.length > 0 ? rows.map(({ lsn, records }) => ({ after_lsn, lsn, records })) : [{ after_lsn, lsn: null }];
  }
  function record([shard, after_lsn, lsn]: number[]) {
    if ((applied.get(shard!) ?? 0) !== after_lsn) throw new Error('duplicate key');
    applied.set(shard!, lsn!);
    return [];
  }
  return { hold_shard: () => [], become_owner: () => [], read_unapplied: unapplied, record_applied: record };
}

interface Hold {
  readonly statement: string;
  readonly where: 'request' | 'answer';
  reached: () => void;
  readonly passage: PromiseWithResolvers<void>;
}

/** One process's way to the tables. */
function networkTo(tables: Tables) {
  const answers: Answers = { ...leaseAnswers(tables), ...logAnswers(tables), ...applyAnswers(tables) };
  const holds: Hold[] = [];

  async function ask<T extends object>({ name }: Pick<Query, 'name'>, values: readonly unknown[] = []): Promise<T[]> {
    const at = holds.findIndex(({ statement }) => statement === name);
    const hold = at === -1 ? undefined : holds.splice(at, 1)[0];
    const travel = async (where: Hold['where']) => {
      await new Promise(setImmediate);
      if (hold?.where !== where) return;
      hold.reached();
      await hold.passage.promise;
    };
    await travel('request');
    const rows = answers[name]!(values as never).map((row) => ({ ...row }) as T);
    await travel('answer');
    return rows;
  }

  /** The next such statement stops there until it is let through or lost. */
  function holdNext(statement: string, where: Hold['where']) {
    const [arrival, passage] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    holds.push({ statement, where, reached: arrival.resolve, passage });
    return { reached: arrival.promise, letThrough: passage.resolve, lose: () => passage.reject(new Error('connection lost')) };
  }

  const sql = { rows: ask, one: async (query: Query, values?: readonly unknown[]) => (await ask(query, values))[0], affected: async (query: Query, values?: readonly unknown[]) => (await ask(query, values)).length };
  const client = { on: () => undefined, end: async () => undefined, query: async ({ name, values }: { name: string; values: unknown[] }) => ({ rows: await ask({ name }, values) }) };
  const database = { connect: async () => client, asOwner: <T>(work: (sql: Sql) => Promise<T>) => work(sql as unknown as Sql) } as unknown as JournalOptions['database'];
  return { database, holdNext };
}

const valuesOf = (records: readonly Recorded[]) => records.map(({ body }) => body);

/** A whole journal with one shard, and what its neighbours heard from it. With so long a lease it looks at the others' only when it starts. */
function processOn(tables: Tables, name: string, leaseMs = 60_000) {
  const network = networkTo(tables);
  const heard = { gained: [] as unknown[][], lost: 0, told: [] as string[], applied: [] as unknown[] };
  const bell = createBell();
  const applier = { kinds: ['step'], apply: async (_sql: Sql, records: readonly Recorded[]) => void heard.applied.push(...valuesOf(records)) };
  const journal = createJournal({ database: network.database, shards: 1, leaseMs, process: name, appliers: [applier], log: silentLogger });
  journal.onGained(async (_shard, open) => {
    heard.gained.push([...open.values()].flatMap(valuesOf));
    bell.ring();
  });
  journal.onLost(() => {
    heard.lost += 1;
    bell.ring();
  });
  journal.onOutbox(async (messages) => void heard.told.push(...messages.map(({ key }) => key)));
  const until = async (seen: () => boolean) => {
    while (!seen()) await bell.wait();
  };
  const append = (stream: string, value: number) =>
    journal.append([{ stream, scope: 'tenant', kind: 'step', at: 0, body: value }], [{ topic: 'news', key: String(value), body: null }]);
  return { ...network, journal, heard, until, append, outcome: (stream: string, value: number) => append(stream, value).then(({ lsn }) => lsn, (error: HiveError) => error.code) };
}

type Process = ReturnType<typeof processOn>;

const logged = ({ log }: Tables) => log.map(({ shard, epoch, lsn, records }) => ({ epoch, lsn, values: valuesOf(decodeRecords(shard, lsn, records)) }));

/** `old` owns the shard and has one record, 1, at lsn 1 of epoch 1: durable and applied. */
async function begin(leaseMs?: number) {
  const tables = emptyTables();
  const old = processOn(tables, 'old', leaseMs);
  await old.journal.start();
  const stream = await old.journal.newStream();
  expect(await old.outcome(stream, 1)).to.equal(1);
  await old.journal.applied({ shard: 0, lsn: 1 });
  return { tables, old, stream };
}

/** To everybody else `old` seems gone; it does not know. Returns when the new owner has taken up the shard. */
async function takeOver(tables: Tables) {
  tables.expired.add('old');
  const heir = processOn(tables, 'heir');
  await heir.journal.start();
  await heir.until(() => heir.heard.gained.length > 0);
  return heir;
}

const stopAll = (...processes: readonly Process[]) => Promise.all(processes.map(({ journal }) => journal.stop()));

test('a zombie with an old epoch facing an idle new owner is fenced: nothing but the epoch stands in its way', bounded, async () => {
  const { tables, old, stream } = await begin();
  const flush = old.holdNext('append_flush', 'request');
  const outcome = old.outcome(stream, 2);
  await flush.reached;
  const heir = await takeOver(tables);
  expect(tables.log.some(({ lsn }) => lsn === 2), 'the place that the zombie writes to is free').to.equal(false);
  flush.letThrough();
  expect(await outcome).to.equal('JOURNAL_FENCED');
  expect(old.heard.lost).to.equal(1);
  expect(old.journal.owned()).to.deep.equal([]);
  expect(await old.outcome(stream, 3), 'a further append').to.equal('JOURNAL_FENCED');
  expect(await heir.outcome(stream, 4)).to.equal(2);
  expect(logged(tables)).to.deep.equal([{ epoch: 1, lsn: 1, values: [1] }, { epoch: 2, lsn: 2, values: [4] }]);
  await stopAll(old, heir);
  expect([...old.heard.told, ...heir.heard.told]).not.to.include('2');
});

test('a zombie whose flush was lost on its way repeats it and is fenced, also where the new owner wrote to the same place', bounded, async () => {
  const { tables, old, stream } = await begin();
  const flush = old.holdNext('append_flush', 'request');
  const outcome = old.outcome(stream, 2);
  await flush.reached;
  const heir = await takeOver(tables);
  expect(await heir.outcome(stream, 3)).to.equal(2);
  flush.lose();
  expect(await outcome, 'the row at its lsn is not the one it sent').to.equal('JOURNAL_FENCED');
  expect(logged(tables)).to.deep.equal([{ epoch: 1, lsn: 1, values: [1] }, { epoch: 2, lsn: 2, values: [3] }]);
  await stopAll(old, heir);
});

test('a takeover between a flush and its answer: the append holds, the new owner goes on after it, the next one is fenced', bounded, async () => {
  const { tables, old, stream } = await begin();
  const flush = old.holdNext('append_flush', 'answer');
  const outcome = old.outcome(stream, 2);
  await flush.reached;
  const heir = await takeOver(tables);
  expect(heir.heard.gained).to.deep.equal([[1, 2]]);
  flush.letThrough();
  expect(await outcome).to.equal(2);
  expect(await old.outcome(stream, 3)).to.equal('JOURNAL_FENCED');
  expect(await heir.outcome(stream, 4)).to.equal(3);
  expect(logged(tables).map(({ epoch, values }) => [epoch, ...values])).to.deep.equal([[1, 1], [1, 2], [2, 4]]);
  await stopAll(old, heir);
  expect(heir.heard.told, 'what the old owner may not have told').to.include.members(['2', '4']);
  expect([...old.heard.applied, ...heir.heard.applied].sort(), 'each applied once').to.deep.equal([1, 2, 4]);
});

test('a connection lost after the commit: the flush is found, acknowledged where it lies and not repeated', bounded, async () => {
  const { tables, old, stream } = await begin();
  const flush = old.holdNext('append_flush', 'answer');
  const outcome = old.outcome(stream, 2);
  await flush.reached;
  flush.lose();
  expect(await outcome).to.equal(2);
  expect(await old.outcome(stream, 3)).to.equal(3);
  expect(logged(tables).map(({ values }) => values)).to.deep.equal([[1], [2], [3]]);
  await stopAll(old);
  expect(tables.shards[0]?.owner, 'given back').to.equal(null);
  expect(old.heard.told).to.deep.equal(['1', '2', '3']);
  expect(old.heard.applied).to.deep.equal([1, 2, 3]);
});

test('a connection lost after the commit and a takeover before the look: found under its own epoch all the same', bounded, async () => {
  const { tables, old, stream } = await begin();
  const flush = old.holdNext('append_flush', 'answer');
  const outcome = old.outcome(stream, 2);
  await flush.reached;
  const heir = await takeOver(tables);
  expect(await heir.outcome(stream, 3)).to.equal(3);
  flush.lose();
  expect(await outcome, 'durable, so not to be refused').to.equal(2);
  expect(await old.outcome(stream, 4)).to.equal('JOURNAL_FENCED');
  expect(logged(tables).map(({ values }) => values)).to.deep.equal([[1], [2], [3]]);
  await stopAll(old, heir);
});

test('a zombie that was about to apply finds its epoch over and lets go; each record is applied once', bounded, async () => {
  const { tables, old, stream } = await begin();
  const reading = old.holdNext('read_unapplied', 'request');
  expect(await old.outcome(stream, 2)).to.equal(2);
  await reading.reached;
  const heir = await takeOver(tables);
  await heir.journal.applied({ shard: 0, lsn: 2 });
  reading.letThrough();
  await old.until(() => old.heard.lost > 0);
  expect([old.heard.applied, heir.heard.applied]).to.deep.equal([[1], [2]]);
  await stopAll(old, heir);
});

test('a shard lost and regained by one process: a flush of its first epoch, refused late, does not cost it the second', bounded, async () => {
  const { tables, old, stream } = await begin(150);
  const flush = old.holdNext('append_flush', 'request');
  const outcome = old.outcome(stream, 2);
  await flush.reached;
  // Somebody else had it for a moment.
  Object.assign(tables.shards[0]!, { epoch: 2, owner: null });
  await old.until(() => old.heard.gained.length > 1);
  flush.letThrough();
  expect(await outcome).to.equal('JOURNAL_FENCED');
  expect(await old.outcome(stream, 3)).to.equal(2);
  expect(old.heard.lost).to.equal(1);
  expect(logged(tables)).to.deep.equal([{ epoch: 1, lsn: 1, values: [1] }, { epoch: 3, lsn: 2, values: [3] }]);
  await stopAll(old);
});

test('a process closed while it reads the log of a shard never owns it, and gives the lease back', bounded, async () => {
  const { tables, old } = await begin();
  tables.expired.add('old');
  const closed = processOn(tables, 'closed');
  const reading = closed.holdNext('read_rows_after', 'answer');
  await closed.journal.start();
  await reading.reached;
  await closed.journal.stop();
  expect(tables.shards).to.deep.equal([{ shard: 0, epoch: 2, owner: null }]);
  reading.letThrough();
  await new Promise(setImmediate);
  expect([closed.journal.owned(), closed.heard.gained]).to.deep.equal([[], []]);
  const heir = await takeOver(tables);
  expect(heir.heard.gained).to.deep.equal([[1]]);
  await stopAll(old, heir);
});

test('a shard taken while its streams are still being resumed does not open afterwards', bounded, async () => {
  const { tables, old, stream } = await begin();
  tables.expired.add('old');
  const slow = processOn(tables, 'slow');
  const resuming = Promise.withResolvers<void>();
  slow.journal.onGained(() => resuming.promise);
  await slow.journal.start();
  await slow.until(() => slow.heard.gained.length > 0);
  tables.expired.add('slow');
  const heir = await takeOver(tables);
  expect(await slow.outcome(stream, 2), 'an append of a resumed stream').to.equal('JOURNAL_FENCED');
  const begun = slow.journal.newStream().catch((error: HiveError) => error.code);
  resuming.resolve();
  await new Promise(setImmediate);
  await stopAll(slow);
  expect(await begun, 'a stream that would have begun here').to.equal('JOURNAL_STOPPED');
  await stopAll(old, heir);
});
