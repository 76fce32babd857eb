import { test } from 'node:test';
import { expect } from 'chai';
import fc from 'fast-check';
import { decodeMessages, decodeRecords, encodeMessages, encodeRecords, rowOf } from './codec.ts';

const body = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown);
const record = fc.record(
  { stream: fc.uuid(), scope: fc.string({ unit: 'binary' }), kind: fc.string(), at: fc.nat(), body, closes: fc.constant(true) },
  { requiredKeys: ['stream', 'scope', 'kind', 'at', 'body'] },
);
const message = fc.record({ topic: fc.string({ unit: 'binary' }), key: fc.string(), body });

test('records of several appends come back from one row, unchanged, numbered in their order', () => {
  fc.assert(
    fc.property(fc.array(fc.array(record, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 }), (appends) => {
      const row = Buffer.concat(rowOf(appends.map(encodeRecords)));
      const expected = appends.flat().map((one, index) => ({ ...one, position: { shard: 3, lsn: 7, index } }));
      expect(decodeRecords(3, 7, row)).to.deep.equal(expected);
    }),
  );
});

test('messages come back unchanged, and appends without any leave no trace between those of others', () => {
  fc.assert(
    fc.property(fc.array(fc.array(message, { maxLength: 3 }), { maxLength: 6 }), (appends) => {
      const row = rowOf(appends.map(encodeMessages));
      if (appends.flat().length === 0) expect(row).to.deep.equal([]);
      else expect(decodeMessages(Buffer.concat(row))).to.deep.equal(appends.flat());
    }),
  );
});

test('a record without a body is stored as null, never as a hole that shifts what follows', () => {
  const row = Buffer.concat(rowOf([encodeRecords([{ stream: 's', scope: 't', kind: 'k', at: 1, body: undefined }])]));
  expect(decodeRecords(0, 1, row)[0]?.body).to.equal(null);
});
