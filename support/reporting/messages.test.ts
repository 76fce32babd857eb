import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { expect } from 'chai';
import { readMessages } from './messages.ts';

const folder = mkdtempSync(join(tmpdir(), 'messages-'));
const file = join(folder, 'messages.ndjson');
after(() => rmSync(folder, { recursive: true }));

describe('the message stream on disk', () => {
  it('reads lines longer than a chunk whole, letters of several bytes included', () => {
    const body = '🥧 '.repeat(400_000);
    const attachment = { body, contentEncoding: 'IDENTITY', mediaType: 'text/plain' };
    writeFileSync(file, `${JSON.stringify({ source: { data: 'passed over' } })}\n${JSON.stringify({ attachment })}\n${JSON.stringify({ testRunFinished: { success: true } })}\n`);
    const read = [...readMessages(file)];
    expect(read).to.have.length(2);
    expect(read[0]!.attachment?.body === body, 'the long body').to.equal(true);
  });

  it('stands half a line, which a killed run leaves, and a file that is not there', () => {
    writeFileSync(file, '{"testRunStarted":{"timestamp":{"seconds":1,"nanos":0}}}\n{"testRunFinished":{"succ');
    expect([...readMessages(file)].map((envelope) => Object.keys(envelope)[0])).to.deep.equal(['testRunStarted']);
    expect([...readMessages(join(folder, 'none'))]).to.deep.equal([]);
  });
});
