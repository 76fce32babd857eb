/** Crypto: hashes, keyed hashes, signatures and random values. */
import { createHash, createHmac, createSign, randomBytes, randomUUID } from 'node:crypto';
import type { Item } from '../sandbox/port.ts';
import { NodeFault } from './fault.ts';
import { derived, eachItem, type NodeType } from './node-type.ts';
import { amount, choice, flag, text } from './parameters.ts';
import { copy, setPath } from './paths.ts';
import type { Values } from './values.ts';

const algorithms = ['MD5', 'SHA256', 'SHA3-256', 'SHA3-384', 'SHA3-512', 'SHA384', 'SHA512'];
const only = (...actions: string[]) => ({ show: { action: actions } });

function cryptoNode(version: number, algorithm: string): NodeType {
  return {
    types: ['n8n-nodes-base.crypto'],
    versions: [version],
    // Random values must survive a recomputation: the result is recorded before anything depends on it.
    kind: 'effect',
    resolves: 'each',
    parameters: [
      choice('action', 'hash', ['generate', 'hash', 'hmac', 'sign']),
      flag('binaryData', false, only('hash', 'hmac')),
      text('binaryPropertyName', 'data', { show: { action: ['hash', 'hmac'], binaryData: [true] } }),
      choice('type', algorithm, algorithms, only('hash', 'hmac')),
      text('value', '', { show: { action: ['hash', 'hmac'], binaryData: [false] } }),
      text('value', '', only('sign')),
      text('dataPropertyName', 'data', { required: true }),
      text('secret', '', only('hmac')),
      text('algorithm', '', only('sign')),
      text('privateKey', '', only('sign')),
      choice('encoding', 'hex', ['base64', 'hex'], only('hash', 'hmac', 'sign')),
      choice('encodingType', 'uuid', ['ascii', 'base64', 'hex', 'uuid'], only('generate')),
      amount('stringLength', 32, { show: { action: ['generate'], encodingType: ['ascii', 'base64', 'hex'] } }),
    ],
    async execute(call) {
      return [await eachItem(call, (item, index, parameters) => [withResult(item, index, parameters)])];
    },
  };
}

export const cryptoV1 = cryptoNode(1, 'MD5');
export const cryptoV2 = cryptoNode(2, 'SHA256');

function withResult(item: Item, index: number, parameters: Values): Item {
  const json = copy(item.json);
  setPath(json, parameters.text('dataPropertyName', 'data'), resultOf(item, parameters));
  return derived(item, index, json);
}

function resultOf(item: Item, parameters: Values): string {
  const encoding = parameters.get<'hex' | 'base64'>('encoding', 'hex');
  const action = parameters.text('action');
  if (action === 'generate') return generated(parameters.text('encodingType'), parameters.number('stringLength', 32));
  if (action === 'hash') return createHash(parameters.text('type')).update(subject(item, parameters)).digest(encoding);
  if (action === 'hmac') return createHmac(parameters.text('type'), parameters.text('secret')).update(subject(item, parameters)).digest(encoding);
  return createSign(parameters.text('algorithm')).update(parameters.text('value')).end().sign(parameters.text('privateKey'), encoding);
}

function subject(item: Item, parameters: Values): Buffer {
  if (!parameters.flag('binaryData')) return Buffer.from(parameters.text('value'), 'utf8');
  const name = parameters.text('binaryPropertyName', 'data');
  const found = item.binary?.[name];
  if (!found) throw new NodeFault(`This operation expects the node's input data to contain a binary file '${name}', but none was found`);
  return Buffer.from(found.data, 'base64');
}

const LONGEST_TEXT = 1_000_000;

function generated(type: string, length: number): string {
  if (!(length >= 0 && length <= LONGEST_TEXT)) throw new NodeFault(`A random text has 0 to ${LONGEST_TEXT} characters; found ${length}`);
  if (type === 'uuid') return randomUUID();
  if (type === 'hex') return randomBytes(Math.ceil(length / 2)).toString('hex').slice(0, length);
  const letters = randomBytes(length * 2).toString('base64');
  return (type === 'base64' ? letters : letters.replace(/[^a-zA-Z0-9]/g, '')).slice(0, length);
}
