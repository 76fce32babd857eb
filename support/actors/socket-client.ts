/** A browser's or script's WebSocket: subscribes to topics and keeps what it was told, in order, with the time of arrival. */
import WebSocket from 'ws';
import { eventually } from '../waiting.ts';

export interface Told {
  readonly message: any;
  /** Milliseconds since the epoch, when it arrived here. */
  readonly arrivedAt: number;
}

export interface SocketClient {
  readonly told: readonly Told[];
  /** Text and bytes as they are, everything else as JSON. */
  send(message: unknown): void;
  /** The messages so far that `wanted` accepts. */
  matching(wanted: (message: any) => boolean): any[];
  /** Waits until a message that `wanted` accepts was told. */
  awaits(what: string, wanted: (message: any) => boolean, withinMs?: number): Promise<any>;
  readonly closed: { code: number; reason: string } | undefined;
  close(): Promise<void>;
}

export interface SocketOptions {
  readonly path?: string;
  readonly token?: string | undefined;
  readonly headers?: Record<string, string>;
  readonly protocols?: string[];
  /** False: a client that hangs and does not answer the server's pings. */
  readonly answersPings?: boolean;
}

/** Resolves when the socket is open; rejects with the HTTP status where the upgrade is refused. */
export function openSocket(engineUrl: string, { path = '/ws', token, headers = {}, protocols = [], answersPings = true }: SocketOptions): Promise<SocketClient> {
  const url = new URL(path, engineUrl.replace(/^http/, 'ws'));
  const socket = new WebSocket(url, protocols, { headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers }, autoPong: answersPings });
  const told: Told[] = [];
  let closed: { code: number; reason: string } | undefined;
  socket.on('message', (data) => told.push({ message: JSON.parse(String(data)), arrivedAt: Date.now() }));
  socket.on('close', (code, reason) => (closed = { code, reason: String(reason) }));
  const matching = (wanted: (message: any) => boolean) => told.map(({ message }) => message).filter(wanted);
  const client: SocketClient = {
    told,
    matching,
    get closed() {
      return closed;
    },
    send: (message) => socket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message)),
    awaits: (what, wanted, withinMs) =>
      eventually(what, () => {
        const found = matching(wanted)[0];
        if (found === undefined) throw new Error(`told so far: ${JSON.stringify(told.map(({ message }) => message)).slice(0, 800)}`);
        return found;
      }, withinMs),
    close: async () => {
      socket.close();
      await eventually('the socket closes', () => { if (!closed) throw new Error('still open'); });
    },
  };
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(client));
    socket.once('unexpected-response', (_request, response) => reject(new Error(`the socket was refused with ${response.statusCode}`)));
    socket.once('error', reject);
  });
}
