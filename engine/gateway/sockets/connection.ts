/**
 * One WebSocket connection of one person (flows hive-ws-connection, hive-ws-messages).
 *
 * C1. Messages of one client are handled one after the other; a client that sends faster than that is not read.
 * C2. What a client does not read is bounded; beyond `bufferBytes` it is closed with 1013, to come back later.
 * C3. A wrong message is answered with an error and the connection stays; a wrong person is closed with 1008.
 */
import type { RawData } from 'ws';
import { toHiveError, traced, type HiveError, type Timer } from '../../kernel/index.ts';
import { clientMessageSchema, type ClientMessage } from '../contract.ts';
import { messageMalformed } from '../errors.ts';
import { createSender } from './sender.ts';
import { closeCodes, type ConnectionOptions } from './terms.ts';
import { createTopics } from './topics.ts';

export interface Connection {
  /** Asks again for everything that may have been missed while the bus was away. */
  catchUp(): void;
  /** Closes where the session has ended meanwhile. */
  recheck(): Promise<void>;
  close(code: number, reason: string): void;
}

/** Messages waiting to be handled, beyond which the socket is not read (C1). */
const MOST_WAITING = 64;

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
