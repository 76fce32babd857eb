/**
 * The bus over Redis pub/sub: one connection to publish, one to listen, whatever the number of topics.
 *
 * B1. Pub/sub forgets: who does not listen misses the event. So publishers publish only what is durable, and a
 *     listener that was cut off is told (`onResumed`) and asks the durable state for what it missed.
 * B2. Events of one publisher arrive in the order in which it published them; across publishers the sequence
 *     within the topic decides.
 * B3. One receiver that throws neither stops the others nor the bus.
 */
import { currentTrace, inTrace, type Logger } from '../kernel/index.ts';
import { createRedis, redisOf, type Redis } from '../storage/index.ts';
import { envelopeSchema, topicSchema, type Envelope } from './contract.ts';
import { busUnreachable } from './errors.ts';
import type { BusEvent, Events } from './port.ts';

export interface EventsOptions {
  readonly redisUrl: string;
  /** Name of this process: the `source` of what it publishes. */
  readonly process: string;
  readonly log: Logger;
}

type Receive = (event: BusEvent) => void;

interface Topic {
  readonly receivers: Set<Receive>;
  /** Settles when Redis confirmed the subscription that the first receiver caused. */
  readonly listening: Promise<unknown>;
}

/** `execution.{id}` becomes `bus:execution:{id}`, so that spans and key listings show the family. */
const channelOf = (topic: string) => `bus:${topic.replace('.', ':')}`;

/** Hands what arrives to the receivers of its topic. */
function createFanOut(topics: ReadonlyMap<string, Topic>, log: Logger) {
  function deliver({ event, trace }: Envelope) {
    for (const receive of [...(topics.get(event.topic)?.receivers ?? [])]) {
      try {
        inTrace(trace, () => receive(event as BusEvent));
      } catch (error) {
        log.error({ err: error, topic: event.topic, type: event.type }, 'a receiver of an event failed');
      }
    }
  }

  return (text: string) => {
    const parsed = envelopeSchema.safeParse(asJson(text));
    if (parsed.success) deliver(parsed.data);
    else log.warn({ issues: parsed.error.issues }, 'a message on the bus was not an event and was dropped');
  };
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function createEvents({ redisUrl, process, log }: EventsOptions): Events {
  const topics = new Map<string, Topic>();
  const resumed = new Set<() => void>();
  const fanOut = createFanOut(topics, log);
  let publisher: Redis | undefined;
  let listener: Redis | undefined;

  /** ioredis subscribes again by itself, but says nothing when that is done; asking once more is harmless and does. */
  async function resume(connection: Redis) {
    if (topics.size > 0) await connection.subscribe(...[...topics.keys()].map(channelOf));
    for (const catchUp of resumed) catchUp();
  }

  async function start() {
    publisher = createRedis(redisUrl, log);
    await publisher.ping();
    const connection = createRedis(redisUrl, log);
    listener = connection;
    connection.on('message', (_channel: string, text: string) => fanOut(text));
    await connection.ping();
    connection.on('ready', () => void resume(connection).catch((error: unknown) => log.warn({ err: error }, 'the bus could not subscribe again')));
  }

  async function publish(events: readonly BusEvent[]) {
    const connection = publisher;
    if (!connection) throw busUnreachable({ doing: 'publishing events before the bus was started' });
    const view = redisOf('events', connection);
    const trace = currentTrace();
    const sent = events.map((event) => view.publish(channelOf(event.topic), JSON.stringify({ source: process, trace, event } satisfies Envelope)));
    await Promise.all(sent).catch((cause: unknown) => {
      throw busUnreachable({ doing: 'publishing events' }, { cause });
    });
  }

  function join(topic: string): Topic {
    const known = topics.get(topic);
    if (known) return known;
    if (!listener) throw busUnreachable({ doing: 'subscribing before the bus was started' });
    const joined: Topic = { receivers: new Set(), listening: redisOf('events', listener).subscribe(channelOf(topic)) };
    topics.set(topic, joined);
    return joined;
  }

  async function leave(name: string, topic: Topic, receive: Receive) {
    topic.receivers.delete(receive);
    if (topic.receivers.size > 0 || topics.get(name) !== topic) return;
    topics.delete(name);
    // Sent on the same connection, so a later subscription to the same topic is handled after this one's end.
    await listener?.unsubscribe(channelOf(name)).catch(() => undefined);
  }

  async function subscribe(name: string, receive: Receive) {
    const topic = join(topicSchema.parse(name));
    // Each subscription its own function: the same receiver may be subscribed twice.
    const own: Receive = (event) => receive(event);
    topic.receivers.add(own);
    try {
      await topic.listening;
    } catch (cause) {
      await leave(name, topic, own);
      throw busUnreachable({ doing: `subscribing to ${name}` }, { cause });
    }
    return () => leave(name, topic, own);
  }

  async function stop() {
    const connections = { listener, publisher };
    listener = publisher = undefined;
    topics.clear();
    connections.listener?.disconnect();
    // What is being published still goes out; without Redis there is nothing to wait for.
    await connections.publisher?.quit().catch(() => connections.publisher?.disconnect());
  }

  function onResumed(catchUp: () => void) {
    resumed.add(catchUp);
    return () => void resumed.delete(catchUp);
  }

  return { name: 'events', start, stop, publish, subscribe, onResumed };
}
