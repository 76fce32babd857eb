/**
 * Which streams of a shard are open, and in which flushes their records lie.
 *
 * Owns: the answer to "what must a new owner read" (J9).
 * Does not know: the records' contents, the database.
 */
export interface Touched {
  readonly stream: string;
  readonly closes: boolean;
}

export interface OpenStreams {
  readonly size: number;
  has(stream: string): boolean;
  /** Takes note of one flush; flushes come in order. A flush that closes a stream closes it, whatever follows in that flush. */
  note(lsn: number, touched: readonly Touched[]): void;
  /** All flushes that hold a record of an open stream, ascending. */
  flushes(): number[];
  /** JSON for a checkpoint. */
  encode(): Buffer;
}

export function createOpenStreams(checkpoint?: Buffer): OpenStreams {
  const open = new Map<string, number[]>(checkpoint ? Object.entries(JSON.parse(checkpoint.toString()) as Record<string, number[]>) : []);

  function note(lsn: number, touched: readonly Touched[]) {
    const closed = new Set<string>();
    for (const { stream, closes } of touched) if (closes) closed.add(stream);
    for (const stream of closed) open.delete(stream);
    for (const { stream } of touched) {
      if (closed.has(stream)) continue;
      const flushes = open.get(stream);
      if (!flushes) open.set(stream, [lsn]);
      else if (flushes.at(-1) !== lsn) flushes.push(lsn);
    }
  }

  return {
    get size() {
      return open.size;
    },
    has: (stream) => open.has(stream),
    note,
    flushes: () => [...new Set([...open.values()].flat())].sort((a, b) => a - b),
    encode: () => Buffer.from(JSON.stringify(Object.fromEntries(open))),
  };
}
