import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { expect } from 'chai';
import { handshakeBearerOf } from './bearer.ts';

const asked = (url: string, headers: IncomingMessage['headers'] = {}) => handshakeBearerOf({ url, headers } as IncomingMessage);

test('a handshake brings its token as header, as protocol or in the query, and the header counts first', () => {
  expect(asked('/ws?access_token=c', { authorization: 'Bearer a', 'sec-websocket-protocol': 'access_token, b' })).to.equal('a');
  expect(asked('/ws?access_token=c', { 'sec-websocket-protocol': 'access_token, b' })).to.equal('b');
  expect(asked('/ws?x=1&access_token=c')).to.equal('c');
  expect(asked('/ws')).to.equal(undefined);
});

test('an address that is none is no token, and nobody stumbles over it', () => {
  expect(asked('http://evil:99999/ws')).to.equal(undefined);
  expect(asked('//')).to.equal(undefined);
});
