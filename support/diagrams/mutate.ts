/**
 * Spoils recordings on purpose, to show which drift the comparison sees. Each function takes the spans of a trace and
 * returns them with one fault; nothing else of the trace changes. Times inside one process are moments, so a span is
 * moved by moving its moments.
 */
import type { Fact, RecordedSpan } from './spans.ts';

export type Pick = (span: RecordedSpan) => boolean;
type Spans = readonly RecordedSpan[];

/** Picks a span by its message, and the `nth` of those, from 1. */
export const named = (message: string, nth = 1): Pick => {
  let seen = 0;
  return (span) => span.attributes['hive.message'] === message && ++seen === nth;
};

const start = (span: RecordedSpan) => Number(span.attributes['hive.start']);
const end = (span: RecordedSpan) => Number(span.attributes['hive.end']);

const withFacts = (span: RecordedSpan, facts: Readonly<Record<string, Fact | undefined>>): RecordedSpan => {
  const attributes = Object.fromEntries(Object.entries({ ...span.attributes, ...facts }).filter((pair): pair is [string, Fact] => pair[1] !== undefined));
  return { ...span, attributes };
};

function pick(spans: Spans, which: Pick): RecordedSpan {
  const found = spans.toSorted((one, other) => start(one) - start(other)).find(which);
  if (!found) throw new Error(`the recording has no such span; it has ${spans.map((span) => span.attributes['hive.message']).join(', ')}`);
  return found;
}

/** A span and everything made on its behalf. */
function family(spans: Spans, root: RecordedSpan): Set<RecordedSpan> {
  const members = new Set([root]);
  for (const member of members) for (const span of spans) if (span.parentSpanId === member.spanId) members.add(span);
  return members;
}

/** Moves moments from one stretch of time to another, keeping their order. */
const stretch = (span: RecordedSpan, from: readonly [number, number], to: readonly [number, number]): RecordedSpan => {
  const moved = (moment: number) => to[0] + ((moment - from[0]) / (from[1] - from[0])) * (to[1] - to[0]);
  return withFacts(span, { 'hive.start': moved(start(span)), 'hive.end': moved(end(span)) });
};

const changed = (spans: Spans, which: Pick, change: (span: RecordedSpan) => RecordedSpan): RecordedSpan[] => {
  const picked = pick(spans, which);
  return spans.map((span) => (span === picked ? change(span) : span));
};

/** The call, and what it led to, never happened. */
export function withoutCall(spans: Spans, which: Pick): RecordedSpan[] {
  const gone = family(spans, pick(spans, which));
  return spans.filter((span) => !gone.has(span));
}

/** The call happened and was never answered. */
export const withoutReply = (spans: Spans, which: Pick) => changed(spans, which, (span) => withFacts(span, { 'hive.end': undefined }));

export const sentTo = (spans: Spans, which: Pick, to: string) => changed(spans, which, (span) => withFacts(span, { 'hive.to': to }));
export const sentBy = (spans: Spans, which: Pick, from: string) => changed(spans, which, (span) => withFacts(span, { 'hive.from': from }));
export const saying = (spans: Spans, which: Pick, message: string) => changed(spans, which, (span) => withFacts(span, { 'hive.message': message }));
export const forTenant = (spans: Spans, which: Pick, tenant: string) => changed(spans, which, (span) => withFacts(span, { 'hive.tenant': tenant }));

/** Just after a span, before whatever came next. */
const after = (span: RecordedSpan): [number, number] => [end(span) + 0.1, end(span) + 0.9];

/** A call that nobody drew, right after the picked one. */
export function withCallAfter(spans: Spans, which: Pick, call: { from: string; to: string; message: string }): RecordedSpan[] {
  const neighbour = pick(spans, which);
  const [began, ended] = after(neighbour);
  const facts = { 'hive.from': call.from, 'hive.to': call.to, 'hive.message': call.message, 'hive.start': began, 'hive.end': ended };
  return [...spans, { ...neighbour, spanId: `${neighbour.spanId} extra`, name: `${call.to}: ${call.message}`, attributes: facts }];
}

/** The call, and what it led to, happened a second time right after the first. */
export function repeated(spans: Spans, which: Pick): RecordedSpan[] {
  const original = pick(spans, which);
  const copyId = (id: string) => `${id} again`;
  const copies = [...family(spans, original)].map((span): RecordedSpan => ({
    ...stretch(span, [start(original), end(original)], after(original)),
    spanId: copyId(span.spanId), parentSpanId: span === original ? span.parentSpanId : copyId(span.parentSpanId!),
  }));
  return [...spans, ...copies];
}

/** Two calls, each with what it led to, in each other's place. */
export function swapped(spans: Spans, one: Pick, other: Pick): RecordedSpan[] {
  const [first, second] = [pick(spans, one), pick(spans, other)];
  const [early, late] = [family(spans, first), family(spans, second)];
  const [firstTime, secondTime] = [first, second].map((span): [number, number] => [start(span), end(span)]) as [[number, number], [number, number]];
  return spans.map((span) => {
    if (early.has(span)) return stretch(span, firstTime, secondTime);
    return late.has(span) ? stretch(span, secondTime, firstTime) : span;
  });
}
