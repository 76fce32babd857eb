import { expect } from 'chai';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { NodeFault } from '../fault.ts';
import { exchange, type HttpAnswer, type Room } from './exchange.ts';

interface Asked {
  readonly headers?: Record<string, string>;
  readonly room?: Room;
  readonly allowPrivateAddresses?: boolean;
}

/** Asks a server that answers with `listener`, once. */
async function answerOf(listener: RequestListener, { headers = {}, room = { bytesLeft: 1_000 }, allowPrivateAddresses = true }: Asked = {}): Promise<HttpAnswer> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  try {
    return await exchange({ method: 'GET', url, headers, body: undefined, maxRedirects: 3 }, { allowPrivateAddresses, signal: new AbortController().signal, room });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const failureOf = (asked: Promise<HttpAnswer>) => asked.then(() => expect.fail('it was answered'), (error: Error) => error);
const packed = (text: string): RequestListener => (_request, response) => response.setHeader('content-encoding', 'gzip').end(gzipSync(text));

describe('an exchange', () => {
  it('unpacks what was packed', async () => {
    expect(String((await answerOf(packed('{"sky":"blue"}'))).body)).to.equal('{"sky":"blue"}');
  });

  it('does not unpack a kilobyte into a megabyte', async () => {
    expect(await failureOf(answerOf(packed('0'.repeat(1_000_000)), { room: { bytesLeft: 10_000 } }))).to.be.instanceOf(NodeFault).with.property('message').that.contains('larger than');
  });

  it('takes its bytes from those that the step has left', async () => {
    const room = { bytesLeft: 1_000 };
    await answerOf((_request, response) => response.end('x'.repeat(600)), { room });
    expect(room.bytesLeft).to.equal(400);
    expect(await failureOf(answerOf((_request, response) => response.end('x'.repeat(600)), { room }))).to.be.instanceOf(NodeFault);
  });

  it('fails in words when the packing is broken, a header is none, or a redirect leads nowhere', async () => {
    const broken: RequestListener = (_request, response) => response.setHeader('content-encoding', 'br').end('certainly not');
    const lost = (location: string): RequestListener => (_request, response) => response.writeHead(302, { location }).end();
    const plain: RequestListener = (_request, response) => response.end();
    const failures = await Promise.all([answerOf(broken), answerOf(lost('file:///etc/passwd')), answerOf(lost('http://[')), answerOf(plain, { headers: { 'x-note': 'a\nb' } }), answerOf(plain, { headers: { 'no name': 'a' } })].map(failureOf));
    for (const failure of failures) expect(failure).to.be.instanceOf(NodeFault);
  });

  it('does not reach a private network that is closed', async () => {
    const failure = await failureOf(answerOf((_request, response) => response.end('secret'), { allowPrivateAddresses: false }));
    expect(failure).to.be.instanceOf(NodeFault).with.property('name', 'AddressRefused');
  });
});
