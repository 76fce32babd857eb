import { Redis } from 'ioredis';
import { traced, type Logger } from '../kernel/index.ts';

export { Redis };

/** A connection that reconnects for ever; commands wait up to one reconnection and then fail, so requests do not hang. */
export function createRedis(url: string, log: Logger): Redis {
  const redis = new Redis(url, { maxRetriesPerRequest: 1, retryStrategy: (attempt) => Math.min(attempt * 50, 1_000) });
  redis.on('error', (error: Error) => log.warn({ err: error }, 'redis connection'));
  return redis;
}

/** The kind of a key: its literal words, with ids left out, so that spans of one kind share a name. */
const kindOf = (key: unknown) =>
  String(key).split(':').filter((part) => part && !/[0-9a-f]{8}-|^\d+$|^[\w-]{22,}$/.test(part)).join(':');

/** The same connection as seen by one room: each command makes a span from that room to redis. */
export function redisOf(room: string, redis: Redis): Redis {
  const view = Object.create(redis) as Redis;
  view.sendCommand = (command, ...rest) => {
    void traced({ from: room, to: 'redis', message: `${command.name} ${kindOf(command.args[0])}` }, () => command.promise).catch(() => undefined);
    return redis.sendCommand(command, ...rest);
  };
  return view;
}
