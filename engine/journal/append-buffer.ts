/**
 * Appends that were accepted and are not decided: those that wait for a flush, in their order, and those under way.
 */
import type { Append } from './flush.ts';
import type { Position } from './port.ts';
import type { OwnedShard } from './shard.ts';

export interface Undecided {
  readonly append: Append;
  readonly bytes: number;
  readonly resolve: (position: Position) => void;
  readonly reject: (error: unknown) => void;
}

export interface AppendBuffer {
  /** Accepted and not decided. */
  readonly bytes: number;
  /** Nothing waits for a flush. */
  readonly empty: boolean;
  add(append: Append): Promise<Position>;
  /** The next batch: as many as fit into so many bytes; a single larger append goes alone. */
  take(bytes: number): Undecided[];
  /** All that wait for this shard; not those under way. */
  withdraw(shard: OwnedShard): Undecided[];
  /** The first decision holds. */
  decide(undecided: Iterable<Undecided>, outcome: Position | Error): void;
  all(): Iterable<Undecided>;
  /** Resolves when all that is undecided now, of this shard or of any, is decided. */
  settled(shard?: OwnedShard): Promise<void>;
}

export function createAppendBuffer(): AppendBuffer {
  const outcomes = new Map<Undecided, Promise<unknown>>();
  let waiting: Undecided[] = [];
  let bytes = 0;

  function add(append: Append): Promise<Position> {
    const { promise, resolve, reject } = Promise.withResolvers<Position>();
    const one = { append, bytes: append.records.length + append.messages.length, resolve, reject };
    outcomes.set(one, promise.catch(() => undefined));
    bytes += one.bytes;
    waiting.push(one);
    return promise;
  }

  function take(most: number): Undecided[] {
    let taken = 0;
    const end = waiting.findIndex((one, index) => (taken += one.bytes) > most && index > 0);
    return waiting.splice(0, end === -1 ? waiting.length : end);
  }

  function withdraw(shard: OwnedShard): Undecided[] {
    const withdrawn = waiting.filter(({ append }) => append.shard === shard);
    waiting = waiting.filter(({ append }) => append.shard !== shard);
    return withdrawn;
  }

  function decide(undecided: Iterable<Undecided>, outcome: Position | Error) {
    for (const one of undecided) {
      if (!outcomes.delete(one)) continue;
      bytes -= one.bytes;
      if (outcome instanceof Error) one.reject(outcome);
      else one.resolve(outcome);
    }
  }

  async function settled(shard?: OwnedShard) {
    await Promise.all([...outcomes].filter(([{ append }]) => !shard || append.shard === shard).map(([, outcome]) => outcome));
  }

  return {
    get bytes() {
      return bytes;
    },
    get empty() {
      return waiting.length === 0;
    },
    add, take, withdraw, decide, settled,
    all: () => outcomes.keys(),
  };
}
