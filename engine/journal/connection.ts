/**
 * One connection of the journal's own, opened again whenever it was lost.
 *
 * Owns: the client, noticing its loss, and giving up on an answer that does not come.
 * Does not know: whether a statement may be repeated. A failed call says nothing about whether it took effect.
 */
import type pg from 'pg';
import type { Logger } from '../kernel/index.ts';
import type { Database, Query } from '../storage/index.ts';
import { inRealTime } from './pace.ts';

export interface Connection {
  run<Row extends object>(query: Query, values?: readonly unknown[]): Promise<Row[]>;
  /** Further calls fail. */
  close(): Promise<void>;
}

export interface ConnectionOptions {
  readonly database: Pick<Database, 'connect'>;
  readonly purpose: string;
  readonly log: Logger;
  /** An answer that takes longer means that the network, not the statement, is in trouble: the connection is dropped. */
  readonly patienceMs: number;
  /** Runs on each new connection before anything else; `first` is false after a loss. */
  readonly onOpened?: (client: pg.Client, first: boolean) => Promise<void>;
}

export const runOn = async <Row extends object>(client: pg.Client, { name, text }: Query, values: readonly unknown[] = []): Promise<Row[]> =>
  (await client.query<Row>({ name, text, values: values as unknown[] })).rows;

export function createConnection({ database, purpose, log, patienceMs, onOpened }: ConnectionOptions): Connection {
  let current: Promise<pg.Client> | undefined;
  let first = true;
  let closed = false;

  async function open(forget: (error?: Error) => void): Promise<pg.Client> {
    const client = await database.connect(purpose);
    client.on('error', forget);
    client.on('end', () => forget());
    try {
      await onOpened?.(client, first);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    first = false;
    return client;
  }

  function begin(): Promise<pg.Client> {
    const attempt: Promise<pg.Client> = open((error) => {
      if (current !== attempt) return;
      current = undefined;
      if (!closed) log.warn({ err: error, purpose }, 'a connection of the journal was lost; it is opened again');
    });
    attempt.catch(() => {
      if (current === attempt) current = undefined;
    });
    return attempt;
  }

  /** One statement at a time: the client would queue them too, but a statement's patience must not run out in a queue. */
  let previous: Promise<unknown> = Promise.resolve();
  function run<Row extends object>(query: Query, values?: readonly unknown[]): Promise<Row[]> {
    const mine = previous.then(() => runNow<Row>(query, values));
    previous = mine.catch(() => undefined);
    return mine;
  }

  async function runNow<Row extends object>(query: Query, values?: readonly unknown[]): Promise<Row[]> {
    if (closed) throw new Error(`the journal's connection for ${purpose} is closed`);
    const client = await (current ??= begin());
    // Ending a client that waits for an answer destroys its socket, which fails the statement here.
    const impatience = inRealTime(patienceMs, () => void client.end().catch(() => undefined));
    try {
      return await runOn<Row>(client, query, values);
    } finally {
      impatience.cancel();
    }
  }

  async function close() {
    closed = true;
    const client = await current?.catch(() => undefined);
    await client?.end().catch(() => undefined);
  }

  return { run, close };
}
