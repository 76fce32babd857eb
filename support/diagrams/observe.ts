/**
 * Spans of a trace -> the messages that were observed, in order. Each span gives a call where it starts and a reply
 * where it ends.
 *
 * O1. Inside one process the order is that of the engine's moments (`hive.start`, `hive.end`), never of clocks.
 * O2. Across processes a call comes after the call of its parent; and a child that ended no later than its parent
 *     by the wall clock (to its resolution) replied before it. A child that ended later was asynchronous.
 * O3. Where neither says anything, the wall clock decides.
 */
import type { Fact, RecordedSpan } from './spans.ts';

/** A span that carries a message, without the attributes' prefix. */
export interface ObservedSpan {
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly process: string;
  readonly from: string;
  readonly to: string;
  readonly message: string;
  readonly tenant: string | undefined;
  /** Code of the error with which it failed; undefined where it did not. */
  readonly error: string | undefined;
  readonly facts: Readonly<Record<string, Fact>>;
  /** Messages of the spans on whose behalf this one was made, the nearest first. */
  readonly within: readonly string[];
}

export interface ObservedEvent {
  readonly kind: 'call' | 'reply';
  readonly span: ObservedSpan;
}

/** Start times have the resolution of the operating system's clock in JavaScript: a millisecond, and its rounding. */
const CLOCK_RESOLUTION_NANO = 2_000_000n;

const ownAttributes = new Set(['hive.from', 'hive.to', 'hive.message', 'hive.tenant', 'hive.start', 'hive.end', 'hive.error']);

type Spans = ReadonlyMap<string, RecordedSpan>;

/** Bounded, because a recording that names a span as its own ancestor must not hang a test. */
function messagesAround({ parentSpanId }: RecordedSpan, spans: Spans): string[] {
  const messages: string[] = [];
  for (let parent = spans.get(parentSpanId ?? ''); parent && messages.length < 100; parent = spans.get(parent.parentSpanId ?? ''))
    messages.push(String(parent.attributes['hive.message'] ?? parent.name));
  return messages;
}

function observedSpan(span: RecordedSpan, spans: Spans): ObservedSpan {
  const { spanId, parentSpanId, process, attributes, failed } = span;
  const text = (key: string) => (attributes[key] === undefined ? undefined : String(attributes[key]));
  const facts = Object.entries(attributes).filter(([key]) => key.startsWith('hive.') && !ownAttributes.has(key));
  return {
    spanId, parentSpanId, process, from: text('hive.from')!, to: text('hive.to')!, message: text('hive.message')!, tenant: text('hive.tenant'),
    error: text('hive.error') ?? (failed ? 'unknown' : undefined), facts: Object.fromEntries(facts.map(([key, value]) => [key.slice('hive.'.length), value])),
    within: messagesAround(span, spans),
  };
}

interface Timed extends ObservedEvent {
  readonly moment: number;
  readonly nano: bigint;
}

/** A span without `hive.end` never replied; only a recording that was tampered with, or a crash, has one. */
function eventsOf(span: RecordedSpan, spans: Spans): Timed[] {
  const observed = observedSpan(span, spans);
  const { 'hive.start': start, 'hive.end': end } = span.attributes;
  const call: Timed = { kind: 'call', span: observed, moment: Number(start), nano: span.startNano };
  return end === undefined ? [call] : [call, { kind: 'reply', span: observed, moment: Number(end), nano: span.endNano }];
}

const byMoment = (a: Timed, b: Timed) => a.moment - b.moment; // O1

/** What must have come before an event, beyond the order inside its process. */
interface Prerequisites {
  /** Must have come: the call of the parent. */
  readonly hard: readonly Timed[];
  /** Should have come, as far as clocks can tell: the replies of children in other processes. */
  readonly soft: readonly Timed[];
}

function prerequisites(events: readonly Timed[]): (event: Timed) => Prerequisites {
  const calls = new Map(events.filter(({ kind }) => kind === 'call').map((event) => [event.span.spanId, event]));
  const replies = Map.groupBy(events.filter(({ kind }) => kind === 'reply'), (event) => event.span.parentSpanId ?? '');
  return (event) => {
    const parentCall = calls.get(event.span.parentSpanId ?? '');
    if (event.kind === 'call') return { hard: parentCall ? [parentCall] : [], soft: [] };
    const children = replies.get(event.span.spanId) ?? [];
    return { hard: [], soft: children.filter((child) => child.span.process !== event.span.process && child.nano <= event.nano + CLOCK_RESOLUTION_NANO) }; // O2
  };
}

const earliest = (events: readonly Timed[]) => events.reduce((first, event) => (event.nano < first.nano ? event : first)); // O3

/** Merges the processes' sequences; contradicting clocks (a skewed second machine) give way before causes do. */
function merge(queues: Timed[][], requires: (event: Timed) => Prerequisites): Timed[] {
  const merged: Timed[] = [];
  const done = new Set<Timed>();
  const cursors = queues.map(() => 0);
  for (;;) {
    const heads = queues.flatMap((queue, index) => queue[cursors[index]!] ?? []);
    if (heads.length === 0) return merged;
    const caused = heads.filter((event) => requires(event).hard.every((before) => done.has(before)));
    const settled = caused.filter((event) => requires(event).soft.every((before) => done.has(before)));
    const next = earliest(settled.length > 0 ? settled : caused.length > 0 ? caused : heads);
    merged.push(next);
    done.add(next);
    cursors[queues.findIndex((queue, index) => queue[cursors[index]!] === next)]! += 1;
  }
}

/** The messages of a trace in order. Spans that carry none (no `hive.message`) are left out. */
export function observe(spans: readonly RecordedSpan[]): ObservedEvent[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const events = spans.filter((span) => span.attributes['hive.message'] !== undefined).flatMap((span) => eventsOf(span, byId));
  const processes = Map.groupBy(events, (event) => event.span.process);
  const queues = [...processes.values()].map((queue) => queue.toSorted(byMoment));
  return merge(queues, prerequisites(events)).map(({ kind, span }) => ({ kind, span }));
}

/** An observed message in one line: `gateway -> execution: execute workflow`. */
export const told = ({ kind, span }: ObservedEvent): string =>
  kind === 'call'
    ? `${span.from} -> ${span.to}: ${span.message}`
    : `${span.to} --> ${span.from}: ${span.error === undefined ? 'reply to' : `error ${span.error} of`} ${span.message}`;
