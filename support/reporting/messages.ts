/** The message stream that cucumber writes, line by line: a file of a large run is longer than a string may be. */
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import type { Envelope } from '@cucumber/messages';

const CHUNK_BYTES = 1 << 20;
/** What a run record is made of; the rest of the stream is passed over without being parsed. */
const wanted = /^\{"(?:gherkinDocument|pickle|hook|testRun\w+|testCase\w*|testStepFinished|attachment|parseError)"/;

function* linesOf(file: string): Generator<string> {
  const handle = openSync(file, 'r');
  const decoder = new TextDecoder();
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let rest = '';
  try {
    for (let length = readSync(handle, chunk); length > 0; length = readSync(handle, chunk)) {
      const lines = (rest + decoder.decode(chunk.subarray(0, length), { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
    yield rest;
  } finally {
    closeSync(handle);
  }
}

/** The envelope of a line; undefined where a killed run left half a line. */
function envelopeOf(line: string): Envelope | undefined {
  try {
    return JSON.parse(line) as Envelope;
  } catch {
    return undefined;
  }
}

/** Empty when there is no such file: a run that wrote nothing is no evidence, and the gate says so. */
export function* readMessages(file: string): Generator<Envelope> {
  if (!existsSync(file)) return;
  for (const line of linesOf(file)) {
    const envelope = wanted.test(line) ? envelopeOf(line) : undefined;
    if (envelope) yield envelope;
  }
}
