/**
 * One WebSocket connection of one person (flows hive-ws-connection, hive-ws-messages).
 *
 * C1. Messages of one client are handled one after the other; a client that sends faster than that is not read.
 * C2. What a client does not read is bounded; beyond `bufferBytes` it is closed with 1013, to come back later.
 * C3. A wrong message is answered with an error and the connection stays; a wrong person is closed with 1008.
 */
import type { RawData, WebSocket } from 'ws';
import { newId, toHiveError, traced, type Clock, type HiveError, type Logger, type Principal, type Tenant, type Timer } from '../../kernel/index.ts';
import type { BusEvent, Events, TopicAuthoriser, TopicSnapshot } from '../../events/index.ts';
import { clientMessageSchema, watchableTopic, type ClientMessage, type ServerMessage } from '../contract.ts';
import { messageMalformed, topicForbidden, topicLimit, topicMalformed, topicUnavailable } from '../errors.ts';
import { createSubscription, type Subscription } from './subscription.ts';

export interface SocketLimits {
  /** Time between two pings. A client that answered neither is closed: silence is noticed within two of these. */
  readonly keepaliveMs: number;
  /** Unread bytes a client may leave. Too low: a short stall disconnects. Too high: slow clients fill the memory. */
  readonly bufferBytes: number;
  /** Largest message a client may send. */
  readonly messageBytes: number;
  readonly topics: number;
}

export interface ConnectionOptions {
  readonly socket: WebSocket;
  readonly principal: Principal;
  readonly tenant: Tenant;
  readonly limits: SocketLimits;
  readonly events: Pick<Events, 'subscribe'>;
  readonly authoriseTopic: TopicAuthoriser;
  readonly snapshotTopic: TopicSnapshot;
  /** Throws when the person's token or session is no longer good. */
  readonly reauthenticate: () => Promise<unknown>;
  /** Stores a refused topic as a security event. */
  readonly denied: (topic: string) => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface Connection {
  /** Asks again for everything that may have been missed while the bus was away. */
  catchUp(): void;
  /** Closes where the session has ended meanwhile. */
  recheck(): Promise<void>;
  close(code: number, reason: string): void;
}

export const closeCodes = { goingAway: 1001, policy: 1008, tryAgainLater: 1013 } as const;

/** Messages waiting to be handled, beyond which the socket is not read (C1). */
const MOST_WAITING = 64;

type Answer = Omit<ServerMessage, 'id' | 'timestamp'>;
type Subscribe = Extract<ClientMessage, { type: 'subscribe' }>;

function parseMessage(raw: RawData, isBinary: boolean): ClientMessage {
  if (isBinary) throw messageMalformed({ reason: 'it is binary' });
  let value: unknown;
  try {
    value = JSON.parse(String(raw));
  } catch {
    throw messageMalformed({ reason: 'it is not JSON' });
  }
  const parsed = clientMessageSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw messageMalformed({ reason: parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'message'}: ${message}`).join('; ') });
}

/** The id of a message that may not be one, so that its error can still be told apart. */
function idOf(raw: RawData): string | undefined {
  try {
    const { id } = JSON.parse(String(raw)) as { id?: unknown };
    return typeof id === 'string' && id.length <= 128 ? id : undefined;
  } catch {
    return undefined;
  }
}

const explained = ({ code, message, retryable }: HiveError) => ({ code, message, retryable });

/** Sends in the order of the calls, each message a span of its own; gives up on who does not read (C2). */
function createSender({ socket, limits, tenant, log, clock }: Pick<ConnectionOptions, 'socket' | 'limits' | 'tenant' | 'log' | 'clock'>, close: Connection['close']) {
  const write = (text: string) => new Promise<void>((resolve, reject) => socket.send(text, (failed) => (failed ? reject(failed) : resolve())));

  return (answer: Answer, at = clock.now()) => {
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > limits.bufferBytes) return close(closeCodes.tryAgainLater, 'too much is unread; connect again and subscribe after the last sequence you saw');
    const message: ServerMessage = { id: `msg_${newId()}`, ...answer, timestamp: new Date(at).toISOString() };
    const span = { from: 'gateway', to: 'client', message: answer.event ?? answer.type, tenant: tenant.id, facts: { topic: answer.topic } };
    traced(span, () => write(JSON.stringify(message))).catch((error: unknown) => log.debug({ err: error }, 'a socket closed before it was written to'));
  };
}

/** What the person watches. */
function createTopics(options: ConnectionOptions, send: ReturnType<typeof createSender>, close: Connection['close']) {
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

export function createConnection(options: ConnectionOptions): Connection {
  const { socket, limits, reauthenticate, clock, log } = options;
  let answeredSincePing = true;
  let waiting = 0;
  let tail: Promise<void> = Promise.resolve();
  let keepalive: Timer;

  function close(code: number, reason: string) {
    // RFC 6455 section 5.5: a control frame holds 125 bytes, two of them the code.
    socket.close(code, reason.slice(0, 120));
  }
  const send = createSender(options, close);
  const topics = createTopics(options, send, close);

  function refuse(thrown: unknown, replyTo: string | undefined, topic?: string) {
    const error = toHiveError(thrown);
    if (error.status >= 500) log.error({ err: error.cause ?? error, code: error.code }, 'a socket message failed');
    send({ type: 'error', reply_to: replyTo, topic, data: explained(error) });
  }

  async function handle(message: ClientMessage) {
    if (message.type === 'ping') send({ type: 'pong', reply_to: message.id });
    if (message.type === 'subscribe') await topics.subscribe(message);
    if (message.type === 'unsubscribe') await topics.unsubscribe(message.topic, message.id);
  }

  async function receive(raw: RawData, isBinary: boolean) {
    let topic: string | undefined;
    try {
      const message = parseMessage(raw, isBinary);
      topic = 'topic' in message ? message.topic.slice(0, 200) : undefined;
      await traced({ from: 'client', to: 'gateway', message: message.type, tenant: options.tenant.id, facts: { topic } }, () => handle(message));
    } catch (thrown) {
      refuse(thrown, idOf(raw), topic);
    } finally {
      waiting -= 1;
      if (waiting === 0) socket.resume();
    }
  }

  async function recheck() {
    await reauthenticate().catch((thrown: unknown) => {
      // The platform's own trouble (a store that is away) is no reason to put people out.
      if (toHiveError(thrown).status >= 500) return;
      refuse(thrown, undefined);
      close(closeCodes.policy, 'the session has ended; sign in again');
    });
  }

  function beat() {
    if (!answeredSincePing) return socket.terminate();
    answeredSincePing = false;
    socket.ping();
    void recheck();
    keepalive = clock.after(limits.keepaliveMs, beat);
  }

  socket.on('message', (raw, isBinary) => {
    answeredSincePing = true;
    waiting += 1;
    if (waiting >= MOST_WAITING) socket.pause();
    tail = tail.then(() => receive(raw, isBinary));
  });
  socket.on('pong', () => void (answeredSincePing = true));
  socket.on('error', (error) => log.debug({ err: error }, 'a socket failed'));
  socket.once('close', () => {
    keepalive.cancel();
    // After what is being handled, so that a subscription which is just being made is ended too.
    void tail.then(topics.end).catch((error: unknown) => log.warn({ err: error }, 'a socket left subscriptions behind'));
  });
  keepalive = clock.after(limits.keepaliveMs, beat);

  return { catchUp: topics.catchUp, recheck, close };
}
