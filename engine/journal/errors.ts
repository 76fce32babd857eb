import { defineError } from '../kernel/index.ts';

export const fenced = defineError<{ shard: number }>(
  'JOURNAL_FENCED',
  503,
  ({ shard }) => `Shard ${shard} is not owned by this process (any more). Drop its streams here; its owner goes on with them. A new request may be sent again.`,
  { retryable: true },
);

export const noShardOwned = defineError<{ waitedMs: number }>(
  'NO_SHARD_OWNED',
  503,
  ({ waitedMs }) => `This process owned no shard of the log for ${waitedMs} ms, so it can start nothing. Try again shortly, or on another process.`,
  { retryable: true },
);

export const busy = defineError<{ bufferedBytes: number; limitBytes: number }>(
  'JOURNAL_BUSY',
  429,
  ({ bufferedBytes, limitBytes }) => `${bufferedBytes} bytes wait to be made durable, more than the ${limitBytes} allowed; nothing new is accepted. Try again when the database has caught up.`,
  { retryable: true },
);

export const stopped = defineError<object>(
  'JOURNAL_STOPPED',
  503,
  () => 'This process is stopping and accepts nothing new. Send the request again; another process will take it.',
  { retryable: true },
);

export const appendTooLarge = defineError<{ bytes: number; limitBytes: number }>(
  'JOURNAL_APPEND_TOO_LARGE',
  413,
  ({ bytes, limitBytes }) => `One step produced ${bytes} bytes for the log; at most ${limitBytes} fit. Pass large data by reference.`,
);

export const appendMalformed = defineError<{ reason: string }>(
  'JOURNAL_APPEND_MALFORMED',
  500,
  ({ reason }) => `An append needs at least one record, all of streams of one shard: ${reason}. This is a mistake of the calling room.`,
);

export const logBroken = defineError<{ shard: number; expected: number; found: number }>(
  'JOURNAL_LOG_BROKEN',
  500,
  ({ shard, expected, found }) => `Shard ${shard} of the log goes on at ${found} where ${expected} was expected. Rows are missing: restore them before anything else is applied.`,
);

export const shardCountDiffers = defineError<{ configured: number; stored: number }>(
  'JOURNAL_SHARDS_DIFFER',
  500,
  ({ configured, stored }) => `This database has ${stored} shards but the engine is configured for ${configured}. The number is fixed for the life of a database: set HIVE_SHARDS=${stored}.`,
);
