/**
 * Runs a sequence of observed events through a diagram's grammar, all possibilities at once.
 *
 * M1. Every event that some drawn message matches must be taken at a place where the diagram has it.
 * M2. A reply is only taken for the call that it answers (pairing.ts). A reply that cannot be taken where it is
 *     observed is passed over: drawing a call without its reply is common, and a reply that the diagram demands is
 *     missed where it should have been.
 * M3. Two threads that are at one position with the same open calls are one; the first way there counts. So the
 *     work grows with the events times the few positions that are possible at once.
 */
import type { BoundDiagram, BoundMessage } from './bind.ts';
import type { Continuation, Grammar, Mark, Position, Step } from './grammar.ts';
import type { Message } from './model.ts';
import type { ObservedEvent } from './observe.ts';

/** What happened to one event on the way, newest first. */
export interface Path {
  readonly before: Path | undefined;
  readonly event: ObservedEvent;
  /** Undefined: a reply that was passed over. */
  readonly message: Message | undefined;
  readonly marks: readonly Mark[];
}

export interface Thread {
  readonly position: Position | undefined;
  /** Spans whose call was taken and whose reply was not seen yet. */
  readonly open: ReadonlyMap<string, Message>;
  readonly path: Path | undefined;
  /** Where it was before its last event. */
  readonly before: Thread | undefined;
}

export interface Outcome {
  /** The way through the whole diagram; undefined when there is none. */
  readonly accepted: { readonly path: Path | undefined; readonly end: readonly Mark[] } | undefined;
  /** How many events were taken before none of the threads could go on; all of them when only the end is missing. */
  readonly taken: number;
  /** The threads at that point. */
  readonly threads: readonly Thread[];
}

export interface Matcher {
  readonly bound: BoundDiagram;
  readonly grammar: Grammar;
  readonly pairs: ReadonlyMap<Message, ReadonlySet<Message>>;
  /** Label of the `alt` branch in which a message stands; undefined where it stands in none. */
  readonly branchesWith: (message: Message) => string | undefined;
}

/** More possibilities at once than this come from bindings that cannot tell parallel branches apart. */
const MOST_THREADS = 2_000;

/** An event that stands for a drawn message which was not observed; see diagnose.ts. */
export interface Standing extends ObservedEvent {
  readonly standsFor?: Message;
}

const isTaken = (bound: BoundMessage, event: Standing) => (event.standsFor ? event.standsFor === bound.drawn : bound.matches(event));

/** Whether some drawn message matches the event; the others are internal and are not looked at. */
export const isDrawn = ({ all }: BoundDiagram, event: Standing): boolean =>
  event.standsFor !== undefined || all.some((bound) => bound.matches(event));

function answers({ pairs }: Matcher, thread: Thread, { reply, event }: { reply: Message; event: ObservedEvent }): boolean {
  const call = thread.open.get(event.span.spanId);
  const partners = pairs.get(reply)!;
  return call ? partners.has(call) : partners.size === 0;
}

/** The steps that a thread may take with an event. */
export function stepsWith(matcher: Matcher, thread: Thread, event: Standing): Step[] {
  const { steps } = matcher.grammar.continuation(thread.position);
  return steps.filter(({ message }) => {
    const bound = matcher.bound.messages.get(message)!;
    return isTaken(bound, event) && (bound.kind === 'call' || answers(matcher, thread, { reply: message, event })); // M2
  });
}

function openAfter({ open }: Thread, event: ObservedEvent, message: Message | undefined): ReadonlyMap<string, Message> {
  const after = new Map(open);
  if (event.kind === 'reply') after.delete(event.span.spanId);
  else if (message) after.set(event.span.spanId, message);
  return after;
}

/** Where a thread may be after an event; nowhere when the event has no place. */
export function advance(matcher: Matcher, thread: Thread, event: Standing): Thread[] {
  const steps = stepsWith(matcher, thread, event);
  const taken = steps.map(({ message, next, marks }) => ({
    position: next, open: openAfter(thread, event, message), path: { before: thread.path, event, message, marks }, before: thread,
  }));
  if (taken.length > 0 || event.kind === 'call') return taken;
  const path = { before: thread.path, event, message: undefined, marks: [] };
  return [{ position: thread.position, open: openAfter(thread, event, undefined), path, before: thread }]; // M2
}

/** M3 */
function merged(threads: readonly Thread[], lineOf: (message: Message) => number): Thread[] {
  if (threads.length < 2) return [...threads];
  const keyOf = ({ position, open }: Thread) => `${position?.key ?? ''}#${[...open].map(([span, message]) => `${span}${lineOf(message)}`).join()}`;
  const first = new Map<string, Thread>();
  for (const thread of threads) if (!first.has(keyOf(thread))) first.set(keyOf(thread), thread);
  return [...first.values()];
}

export const continuations = (matcher: Matcher, threads: readonly Thread[]): Continuation[] => threads.map(({ position }) => matcher.grammar.continuation(position));

/** `events`: only those that are drawn somewhere (isDrawn). Throws when the binding leaves too much open. */
export function match(matcher: Matcher, events: readonly Standing[]): Outcome {
  let threads: readonly Thread[] = [{ position: matcher.grammar.start, open: new Map(), path: undefined, before: undefined }];
  for (const [taken, event] of events.entries()) {
    const next = merged(threads.flatMap((thread) => advance(matcher, thread, event)), (message) => message.line);
    if (next.length === 0) return { accepted: undefined, taken, threads };
    if (next.length > MOST_THREADS)
      throw new Error(`more than ${MOST_THREADS} ways to read the run at diagram line ${next[0]!.path?.message?.line}: messages of parallel branches are bound alike. Tell them apart by \`facts\` in the binding.`);
    threads = next;
  }
  for (const thread of threads) {
    const { end } = matcher.grammar.continuation(thread.position);
    if (end) return { accepted: { path: thread.path, end }, taken: events.length, threads };
  }
  return { accepted: undefined, taken: events.length, threads };
}

/**
 * Where a failed run may have parted from its diagram before it got stuck: before replies that the diagram draws and
 * that were passed over, because something that is drawn before them was missing. First those passed over last, just
 * before it got stuck; then the first of all.
 */
export function earlierPlaces({ pairs }: Matcher, outcome: Outcome): Outcome[] {
  const answered = new Set([...pairs.values()].flatMap((calls) => [...calls]));
  const [trailing, all]: [number[], number[]] = [[], []];
  let isTrailing = true;
  let back = 1;
  for (let at = outcome.threads[0]; at?.before && at.path; at = at.before, back += 1) {
    isTrailing &&= at.path.message === undefined;
    const isDrawnReply = at.path.message === undefined && answered.has(at.before.open.get(at.path.event.span.spanId)!);
    if (isDrawnReply) (isTrailing ? trailing : all).push(back);
  }
  const places = [trailing.at(-1), all.at(-1)].filter((events) => events !== undefined);
  return places.map((events) => ({ accepted: undefined, taken: outcome.taken - events, threads: outcome.threads.slice(0, 1).map((thread) => goneBack(thread, events)) }));
}

function goneBack(thread: Thread, events: number): Thread {
  let at = thread;
  for (let left = events; left > 0; left -= 1) at = at.before!;
  return at;
}

/** The path in the order in which it was gone. */
export function pathInOrder(path: Path | undefined): Path[] {
  const steps: Path[] = [];
  for (let step = path; step; step = step.before) steps.push(step);
  return steps.reverse();
}
