/**
 * journal: the fenced log.
 *
 * Owns: shards and who may write them, durable appends, the outbox, open streams after a change of owner, and the
 * materialiser that fills other rooms' tables through the appliers they bring.
 * Does not know: tenants, workflows, executions. A record is a stream, a kind and a body it never reads.
 *
 * Register `onGained`, `onLost` and `onOutbox` before `start`. The invariants J1 to J9 head journal.ts.
 * Its own connections go straight to PostgreSQL, never through a pooler: sessions stand for processes there.
 */
export { createJournal } from './journal.ts';
export type { JournalHealth, JournalMetrics, JournalOptions, JournalProbe } from './options.ts';
export { appendMalformed, appendTooLarge, busy, fenced, noShardOwned, stopped } from './errors.ts';
export type * from './port.ts';
