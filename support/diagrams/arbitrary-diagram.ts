/** Diagrams at random, and a run of each: for the property tests of this folder. */
import fc from 'fast-check';
import type { Binding, MessageBinding } from './bindings/port.ts';
import { messagesOf, separators, type Block, type BlockType, type Branch, type Diagram, type Element, type Message } from './model.ts';
import type { RecordedSpan } from './spans.ts';

/** A body as it is generated: calls with what happens before their reply, and blocks. Names are given afterwards. */
type Seed =
  | { readonly kind: 'call'; readonly from: number; readonly to: number; readonly inner: readonly Seed[]; readonly reply: boolean }
  | { readonly kind: 'block'; readonly type: BlockType; readonly bodies: readonly (readonly Seed[])[] };

const PARTICIPANTS = ['Ada', 'Gate', 'Queen', 'Store'] as const;

const call = (inner: fc.Arbitrary<readonly Seed[]>): fc.Arbitrary<Seed> =>
  fc.record({ kind: fc.constant('call' as const), from: fc.nat(3), to: fc.nat(3), inner, reply: fc.boolean() });
const plainCall = call(fc.constant([]));

/** Every body begins and ends with a call of its own, so that no single message is all there is of an optional part. */
const bodyOf = (inner: fc.Arbitrary<Seed>, least: number): fc.Arbitrary<Seed[]> =>
  fc.tuple(plainCall, fc.array(inner, { minLength: least, maxLength: least + 1 }), plainCall).map(([first, between, last]) => [first, ...between, last]);

const block = (body: fc.Arbitrary<readonly Seed[]>): fc.Arbitrary<Seed> =>
  fc.constantFrom<BlockType>('loop', 'opt', 'alt', 'par', 'critical', 'break', 'rect').chain((type) => {
    const most = separators[type] ? 3 : 1;
    return fc.record({ kind: fc.constant('block' as const), type: fc.constant(type), bodies: fc.array(body, { minLength: separators[type] ? 2 : 1, maxLength: most }) });
  });

const bodyAtDepth = (depth: number): fc.Arbitrary<Seed[]> => {
  if (depth === 0) return bodyOf(plainCall, 0);
  const deeper = bodyAtDepth(depth - 1);
  return bodyOf(fc.oneof(plainCall, call(deeper), block(deeper)), 1);
};

/** Gives every message a text and every branch a label of its own. */
function elements(body: readonly Seed[], next: () => number): Element[] {
  return body.flatMap((seed): Element[] => {
    if (seed.kind === 'block') {
      const branches = seed.bodies.map((inner): Branch => ({ label: `part ${next()}`, body: elements(inner, next), line: 0 }));
      return [{ kind: 'block', type: seed.type, branches, line: 0 }];
    }
    const number = next();
    const ends = { from: PARTICIPANTS[seed.from]!, to: PARTICIPANTS[seed.to]! };
    const asked: Message = { kind: 'message', ...ends, arrow: '->>', activation: undefined, text: `ask ${number}`, line: 0 };
    const answered: Message = { ...asked, from: ends.to, to: ends.from, arrow: '-->>', text: `answer ${number}` };
    return [asked, ...elements(seed.inner, next), ...(seed.reply ? [answered] : [])];
  });
}

export const arbitraryDiagram: fc.Arbitrary<Diagram> = bodyAtDepth(2).map((seeds) => {
  let number = 0;
  const participants = PARTICIPANTS.map((id) => ({ id, label: id, type: 'participant' as const, line: 0 }));
  return { participants, body: elements(seeds, () => (number += 1)), autonumber: false, strict: false };
});

/** Binds each message to spans that carry its text: `ask 3` begins and `answer 3` ends the span `ask 3`. */
export function bindingOf({ body }: Diagram): Binding {
  const messages = messagesOf(body).map(({ from, to, text }): MessageBinding =>
    text.startsWith('ask') ? { from, to, label: text, call: { message: text } } : { from, to, label: text, reply: { message: text.replace('answer', 'ask') } },
  );
  return { flow: 'arbitrary', messages, participants: Object.fromEntries(PARTICIPANTS.map((name) => [name, { spans: [name.toLowerCase()] }])) };
}

/** A small generator of numbers below `n`, the same for the same seed. */
const numbers = (seed: number) => {
  let state = seed | 0;
  return (below: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
};

interface Mutable {
  readonly message: Message;
  start: Event | undefined;
  end: Event | undefined;
}
interface Event {
  readonly span: Mutable;
}

/** Plays a diagram: chooses branches, rounds and interleavings. */
function play(body: readonly Element[], below: (n: number) => number): { events: Event[]; broken: boolean } {
  const events: Event[] = [];
  const open = new Map<string, Mutable>();
  for (const element of body) {
    if (element.kind === 'message') events.push(...playMessage(element, body, open));
    if (element.kind !== 'block') continue;
    const played = playBlock(element, below);
    events.push(...played.events);
    if (played.broken) return { events: [...events, ...unanswered(open)], broken: true };
  }
  return { events, broken: false };
}

/** A call without a drawn reply ends at once; one with a reply stays open until then. */
function playMessage(message: Message, body: readonly Element[], open: Map<string, Mutable>): Event[] {
  const number = message.text.split(' ')[1]!;
  if (message.text.startsWith('answer')) {
    const span = open.get(number)!;
    open.delete(number);
    return [(span.end = { span })];
  }
  const span: Mutable = { message, start: undefined, end: undefined };
  span.start = { span };
  const isAnswered = body.some((other) => other.kind === 'message' && other.text === `answer ${number}`);
  if (isAnswered) open.set(number, span);
  return isAnswered ? [span.start] : [span.start, (span.end = { span })];
}

/** What a `break` leaves open ends without having been drawn. */
const unanswered = (open: ReadonlyMap<string, Mutable>): Event[] => [...open.values()].map((span) => (span.end = { span }));

function interleaved(lists: readonly Event[][], below: (n: number) => number): Event[] {
  const events: Event[] = [];
  const queues = lists.map((list) => [...list]);
  for (let left = queues.filter((queue) => queue.length); left.length > 0; left = queues.filter((queue) => queue.length)) events.push(left[below(left.length)]!.shift()!);
  return events;
}

function playBlock({ type, branches }: Block, below: (n: number) => number): { events: Event[]; broken: boolean } {
  const played = (index: number) => play(branches[index]!.body, below).events;
  const whole = (events: Event[]) => ({ events, broken: false });
  switch (type) {
    case 'rect': return whole(played(0));
    case 'par': return whole(interleaved(branches.map((_, index) => played(index)), below));
    case 'alt': return whole(played(below(branches.length)));
    case 'opt': return whole(below(2) ? played(0) : []);
    case 'break': return below(3) ? whole([]) : { events: played(0), broken: true };
    case 'critical': return whole([...played(0), ...(below(2) ? played(1 + below(branches.length - 1)) : [])]);
    case 'loop': {
      const rounds: Event[] = [];
      for (let left = below(4); left > 0; left -= 1) {
        const round = play(branches[0]!.body, below);
        rounds.push(...round.events);
        if (round.broken) break;
      }
      return whole(rounds);
    }
  }
}

/** The spans of one run of the diagram, in one process; the same for the same seed. */
export function synthesise({ body }: Diagram, seed: number): RecordedSpan[] {
  const { events } = play(body, numbers(seed));
  const spans = [...new Set(events.map(({ span }) => span))];
  const moment = (event: Event | undefined) => events.indexOf(event!) + 1;
  return spans.map((span, index) => ({
    traceId: 'arbitrary', spanId: `span ${index}`, parentSpanId: undefined, name: span.message.text, process: 'one', failed: false,
    startNano: BigInt(moment(span.start)), endNano: BigInt(moment(span.end)),
    attributes: {
      'hive.from': span.message.from.toLowerCase(), 'hive.to': span.message.to.toLowerCase(), 'hive.message': span.message.text, 'hive.tenant': 'acme',
      'hive.start': moment(span.start), 'hive.end': moment(span.end),
    },
  }));
}
