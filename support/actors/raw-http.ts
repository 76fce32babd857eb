/** What no well-behaved client library lets one send: half requests, handshakes that fail, bytes that are not HTTP. */
import { request, type IncomingHttpHeaders, type RequestOptions } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: any;
}

interface RawRequest extends Pick<RequestOptions, 'method' | 'headers'> {
  readonly path: string;
}

const json = (body: string) => {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return body;
  }
};

/** Sends the headers alone and takes the answer, if there is one before the body. */
function sendHeaders(baseUrl: string, { path, method, headers }: RawRequest): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const asking = request(new URL(path, baseUrl), { method, headers, agent: false });
    asking.once('error', reject);
    asking.once('upgrade', (response, socket) => (socket.destroy(), resolve({ status: response.statusCode ?? 0, headers: response.headers, body: '' })));
    asking.once('response', (response) => {
      void text(response).then((body) => {
        asking.destroy();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: json(body) });
      }, reject);
    });
    asking.flushHeaders();
  });
}

/** Announces a body of so many bytes and waits for the verdict before sending it. */
export const announceBody = (baseUrl: string, { headers, ...asked }: RawRequest, bytes: number): Promise<RawAnswer> =>
  sendHeaders(baseUrl, { ...asked, headers: { 'content-type': 'application/json', ...headers, 'content-length': bytes } });

/** A WebSocket handshake whose refusal can be read. */
export const handshake = (baseUrl: string, { headers, path }: { path: string; headers?: Record<string, string> }): Promise<RawAnswer> =>
  sendHeaders(baseUrl, {
    path, method: 'GET',
    headers: { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'cGllIGlzIGdvb2QgZm9yIHU=', ...headers },
  });

/** Sends bytes and returns the status line's number and the body of what comes back until the connection ends. */
export async function sendBytes(baseUrl: string, bytes: string): Promise<{ status: number; body: any }> {
  const { hostname, port } = new URL(baseUrl);
  const socket = connect(Number(port), hostname);
  socket.write(bytes);
  const answer = await text(socket);
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  return { status: Number(head.split(' ')[1]), body: json(body) };
}
