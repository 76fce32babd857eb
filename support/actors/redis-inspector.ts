/** Looks into Redis as nobody but a test may. */
import { Redis } from 'ioredis';
import type { HiveWorld } from '../world.ts';

/** Of the engines that the scenario talks to. */
export const redisUrlOf = (world: HiveWorld) => (world.notes.get('own redis') as string | undefined) ?? world.platform.redisUrl;

export async function inRedis<T>(world: HiveWorld, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(redisUrlOf(world));
  return work(redis).finally(() => redis.disconnect());
}

/** Everything that is said on a topic of the bus from now on, by whichever engine. */
export async function listenOnBus(world: HiveWorld, topic: string): Promise<readonly any[]> {
  const heard: unknown[] = [];
  const redis = world.track(new Redis(redisUrlOf(world)), (connection) => connection.disconnect());
  redis.on('message', (_channel, text) => heard.push((JSON.parse(text) as { event: unknown }).event));
  await redis.subscribe(`bus:${topic.replace('.', ':')}`);
  return heard;
}
