/**
 * Messages between the engine and a sandbox process over a pipe: a head in JSON, then texts as they are. The
 * texts hold all items of a node; packing them into JSON once more would double the work of the crossing.
 *
 * Layout: length of the head (4 bytes, big endian), head, texts. The head carries the texts' sizes in bytes.
 */
import type { Readable, Writable } from 'node:stream';

interface Sized<Head> {
  readonly head: Head;
  readonly sizes: readonly number[];
}

const LENGTH_BYTES = 4;

export function writeFrame(stream: Writable, head: object, texts: readonly string[]): void {
  const bodies = texts.map((text) => Buffer.from(text));
  const sized: Sized<object> = { head, sizes: bodies.map(({ length }) => length) };
  const headBytes = Buffer.from(JSON.stringify(sized));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(headBytes.length);
  stream.write(Buffer.concat([length, headBytes, ...bodies]));
}

/** Calls `take` for each frame in order. The head is trusted: both ends are ours. */
export function readFrames<Head>(stream: Readable, take: (head: Head, texts: string[]) => void): void {
  let chunks: Buffer[] = [];
  let available = 0;
  let sized: Sized<Head> | undefined;
  let wanted = LENGTH_BYTES;
  let readingLength = true;

  const consume = (): Buffer => {
    const joined = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    const rest = joined.subarray(wanted);
    chunks = rest.length === 0 ? [] : [rest];
    available = rest.length;
    return joined.subarray(0, wanted);
  };
  const expect = (bytes: number, length: boolean) => {
    wanted = bytes;
    readingLength = length;
  };
  const finish = (body: Buffer, { head, sizes }: Sized<Head>) => {
    let at = 0;
    const texts = sizes.map((size) => body.toString('utf8', at, (at += size)));
    sized = undefined;
    expect(LENGTH_BYTES, true);
    take(head, texts);
  };

  stream.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    available += chunk.length;
    while (available >= wanted) {
      const bytes = consume();
      if (readingLength) expect(bytes.readUInt32BE(), false);
      else if (sized !== undefined) finish(bytes, sized);
      else {
        sized = JSON.parse(bytes.toString()) as Sized<Head>;
        expect(sized.sizes.reduce((sum, size) => sum + size, 0), false);
      }
    }
  });
}
