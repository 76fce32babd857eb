import { traced } from '../../kernel/index.ts';
import type { BusEvent } from '../../events/index.ts';
import { watchableTopic, type ClientMessage } from '../contract.ts';
import { topicForbidden, topicLimit, topicMalformed, topicUnavailable } from '../errors.ts';
import type { Send } from './sender.ts';
import { createSubscription, type Subscription } from './subscription.ts';
import { closeCodes, type Close, type ConnectionOptions } from './terms.ts';

type Subscribe = Extract<ClientMessage, { type: 'subscribe' }>;

export interface Topics {
  /** Throws TOPIC_MALFORMED, TOPIC_FORBIDDEN (stored as a security event), TOPIC_LIMIT or TOPIC_UNAVAILABLE. */
  subscribe(message: Subscribe): Promise<void>;
  unsubscribe(topic: string, id: string | undefined): Promise<void>;
  /** Asks for what was missed while the bus was away; closes the connection where that cannot be had. */
  catchUp(): void;
  end(): Promise<void>;
}

/** What one person watches through one connection. */
export function createTopics(options: ConnectionOptions, send: Send, close: Close): Topics {
  const { principal, tenant, limits, events, authoriseTopic, snapshotTopic, denied, log } = options;
  const subscriptions = new Map<string, Subscription>();

  function deliver(event: BusEvent) {
    // Second lock behind the authoriser: an event of another tenant never leaves through this door.
    if (event.tenantId !== undefined && event.tenantId !== tenant.id) return;
    send({ type: 'data', topic: event.topic, event: event.type, sequence: event.sequence, data: event.data }, event.timestamp);
  }

  async function authorise(topic: string) {
    if (!watchableTopic.safeParse(topic).success) throw topicMalformed({ topic: topic.slice(0, 200) });
    if (subscriptions.size >= limits.topics) throw topicLimit({ limit: limits.topics });
    if (await authoriseTopic(principal, topic)) return;
    await denied(topic);
    throw topicForbidden({ topic });
  }

  async function subscribe({ topic, id, data }: Subscribe) {
    if (!subscriptions.has(topic)) await authorise(topic);
    // A second subscription to a topic replaces the first: the client asks for another part of the past.
    await subscriptions.get(topic)?.end();
    subscriptions.delete(topic);
    const accepted = () => send({ type: 'subscribe', topic, reply_to: id });
    const overflow = () => close(closeCodes.tryAgainLater, `${topic} is too busy`);
    const after = data?.after_sequence ?? 0;
    const past = (sequence: number) => snapshotTopic(principal, topic, sequence);
    const subscription = await traced({ from: 'gateway', to: 'events', message: 'subscribe', tenant: tenant.id, facts: { topic } }, () =>
      createSubscription({ topic, after, events, past, accepted, deliver, overflow }),
    ).catch((cause: unknown) => {
      throw topicUnavailable({ topic }, { cause });
    });
    subscriptions.set(topic, subscription);
  }

  async function unsubscribe(topic: string, id: string | undefined) {
    await subscriptions.get(topic)?.end();
    subscriptions.delete(topic);
    send({ type: 'unsubscribe', topic, reply_to: id });
  }

  function catchUp() {
    for (const [topic, subscription] of subscriptions)
      void subscription.catchUp().catch((error: unknown) => {
        log.warn({ err: error, topic }, 'a topic could not be caught up with');
        close(closeCodes.tryAgainLater, `${topic} cannot be caught up with; connect again`);
      });
  }

  const end = async () => void (await Promise.all([...subscriptions.values()].map((subscription) => subscription.end())));
  return { subscribe, unsubscribe, catchUp, end };
}
