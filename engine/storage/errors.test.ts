import { expect } from 'chai';
import { describe, it } from 'node:test';
import { HiveError } from '../kernel/index.ts';
import { lossOr } from './errors.ts';

const withCode = (code: string) => Object.assign(new Error('some text'), { code });

const losses = [
  ...['ECONNREFUSED', 'ECONNRESET', '57P01', '57P03', '08006', '53300'].map(withCode),
  ...['Connection terminated unexpectedly', 'timeout exceeded when trying to connect'].map((message) => new Error(message)),
];

describe('a failure of the database', () => {
  for (const lost of losses)
    it(`is retryable and 503 where only the way is at fault: ${(lost as { code?: string }).code ?? lost.message}`, () => {
      const error = lossOr(lost) as HiveError;
      expect(error).to.be.instanceOf(HiveError);
      expect(error).to.include({ code: 'DATABASE_UNAVAILABLE', status: 503, retryable: true, cause: lost });
    });

  for (const other of [withCode('23505'), withCode('42601'), new Error('a mistake'), undefined, 'text'])
    it(`stays what it is otherwise: ${(other as { code?: string } | undefined)?.code ?? String(other)}`, () => void expect(lossOr(other)).to.equal(other));
});
