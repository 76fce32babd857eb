import { newId, traced } from '../../kernel/index.ts';
import type { ServerMessage } from '../contract.ts';
import { closeCodes, type Close, type ConnectionOptions } from './terms.ts';

type Answer = Omit<ServerMessage, 'id' | 'timestamp'>;
/** `at`, in milliseconds since the epoch, is now unless the message tells of something earlier. */
export type Send = (answer: Answer, at?: number) => void;

const SLOW = 'too much is unread; connect again and subscribe after the last sequence you saw';

/** Sends in the order of the calls, each message a span of its own; gives up on who does not read (C2 of connection.ts). */
export function createSender({ socket, limits, tenant, log, clock }: ConnectionOptions, close: Close): Send {
  const write = (text: string) => new Promise<void>((resolve, reject) => socket.send(text, (failed) => (failed ? reject(failed) : resolve())));

  return (answer: Answer, at = clock.now()) => {
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > limits.bufferBytes) return close(closeCodes.tryAgainLater, SLOW);
    const message: ServerMessage = { id: `msg_${newId()}`, ...answer, timestamp: new Date(at).toISOString() };
    const span = { from: 'gateway', to: 'client', message: answer.event ?? answer.type, tenant: tenant.id, facts: { topic: answer.topic } };
    traced(span, () => write(JSON.stringify(message))).catch((error: unknown) => log.debug({ err: error }, 'a socket closed before it was written to'));
  };
}

