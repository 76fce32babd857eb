import { loadQueries } from '../storage/index.ts';

export const queries = loadQueries(import.meta.dirname, [
  'append_flush',
  'become_owner',
  'count_shards',
  'find_flushes',
  'hold_shard',
  'leave_processes',
  'oldest_record',
  'prune_positions',
  'prune_records',
  'read_applied',
  'read_checkpoint',
  'read_positions',
  'read_rows_after',
  'read_rows_listed',
  'read_unapplied',
  'read_undelivered',
  'record_applied',
  'record_delivered',
  'register_process',
  'release_shards',
  'renew_lease',
  'seed_shards',
  'take_shards',
  'write_checkpoint',
]);

/**
 * First key of the advisory locks, the shard being the second: held shared by whoever fills tables from a
 * shard's log, exclusively while the shard changes hands.
 */
export const SHARD_LOCK = 4_811_004;
