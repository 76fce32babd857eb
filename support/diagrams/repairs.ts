/**
 * Ways in which a run that does not fit its diagram may have gone wrong. Each is tried out: the run is changed as if
 * the fault had not happened and matched again, so that a verdict names the fault and not its first symptom.
 */
import type { BoundMessage } from './bind.ts';
import type { Message } from './model.ts';
import { advance, continuations, earlierPlaces, isDrawn, match, pathInOrder, stepsWith, type Matcher, type Outcome, type Standing, type Thread } from './matching.ts';
import { told, type ObservedEvent } from './observe.ts';
import { asObserved, type Trial } from './side-by-side.ts';
import type { DriftKind } from './verdict.ts';

export interface Repair {
  readonly kind: DriftKind;
  readonly at: number;
  readonly explanation: string;
  readonly trials: readonly Trial[];
}

/** A run at the place where it parted from its diagram. */
export interface Failure {
  readonly matcher: Matcher;
  /** Every observed event; `drawn` are those that some message of the diagram matches. */
  readonly all: readonly ObservedEvent[];
  readonly drawn: readonly ObservedEvent[];
  readonly outcome: Outcome;
  /** The event that had no place; undefined when the run ended too early. */
  readonly unexpected: ObservedEvent | undefined;
  /** What could have come instead. */
  readonly expected: readonly BoundMessage[];
}

/** The places where a run may have parted from its diagram: those in which it passed over a reply, and where it got stuck. */
export function failuresOf(matcher: Matcher, all: readonly ObservedEvent[], drawn: readonly ObservedEvent[]): Failure[] {
  const stuck = match(matcher, drawn);
  const [before, first] = earlierPlaces(matcher, stuck);
  return [before, stuck, first].filter((outcome) => outcome !== undefined).map((outcome) => {
    const messages = new Set(continuations(matcher, outcome.threads).flatMap(({ steps }) => steps.map(({ message }) => message)));
    return { matcher, all, drawn, outcome, unexpected: drawn[outcome.taken], expected: [...messages].map((message) => matcher.bound.messages.get(message)!) };
  });
}

const instead = ({ unexpected }: Failure) => (unexpected ? `instead came "${told(unexpected)}"` : 'the run was over');

/** A span that was sent to, or by, somebody else than drawn: as if it had been sent as drawn. */
export function* wrongParticipants({ all, matcher, expected }: Failure): Generator<Repair> {
  for (const bound of expected) {
    const strays = all.filter((event) => bound.matchesApartFromParticipants(event) && !bound.matches(event));
    for (const { span } of strays.slice(0, 20)) {
      const corrected = { ...span, ...bound.ends(span) };
      const remark = `drawn from ${corrected.from} to ${corrected.to}`;
      const trials = all.flatMap((event): Trial[] => {
        if (event.span !== span) return isDrawn(matcher.bound, event) ? [{ event, fate: 'as observed' }] : [];
        const changed = { ...event, span: corrected };
        return isDrawn(matcher.bound, changed) ? [{ event: changed, fate: 'changed', remark }] : [];
      });
      const explanation = `"${span.message}" went from ${span.from} to ${span.to}, but "${bound.text}" is a message from ${corrected.from} to ${corrected.to}.`;
      yield { kind: 'wrong-participant', at: bound.drawn.line, explanation, trials };
    }
  }
}

/** The drawn events that move together: the event alone, a call with all up to its reply, or with its reply only. */
function blocksOf({ all, drawn }: Failure, event: ObservedEvent): ObservedEvent[][] {
  if (event.kind === 'reply') return [[event]];
  const reply = all.findIndex((other) => other.kind === 'reply' && other.span === event.span);
  const during = new Set(all.slice(all.indexOf(event), reply < 0 ? undefined : reply + 1));
  return [[event], drawn.filter((other) => during.has(other)), drawn.filter(({ span }) => span === event.span)];
}

function moved(events: readonly ObservedEvent[], block: readonly ObservedEvent[], before: ObservedEvent | undefined): Trial[] {
  const arrived = block.map((event): Trial => ({ event: { ...event }, fate: 'changed', remark: 'moved here from where it was observed' }));
  const trials = events.flatMap((event): Trial[] => {
    const stayed: Trial = block.includes(event) ? { event, fate: 'removed', remark: 'out of order' } : { event, fate: 'as observed' };
    return event === before ? [...arrived, stayed] : [stayed];
  });
  return before ? trials : [...trials, ...arrived];
}

/** What was expected but came later or before, and what came but belongs later. */
export function* reorderings(failure: Failure): Generator<Repair> {
  const { drawn, outcome, unexpected, expected, matcher } = failure;
  const place = drawn[outcome.taken];
  for (const bound of expected) {
    const index = drawn.findIndex((event, at) => at > outcome.taken && bound.matches(event));
    if (index < 0) continue;
    const explanation = `"${bound.text}" was observed too late: where it should have been, ${instead(failure)}.`;
    for (const block of blocksOf(failure, drawn[index]!)) yield { kind: 'reordered', at: bound.drawn.line, explanation, trials: moved(drawn, block, place) };
  }
  for (const { event, message } of pathInOrder(outcome.threads[0]?.path).filter((step) => step.message === undefined)) {
    const bound = expected.find((one) => one.matches(event));
    if (message || !bound) continue;
    yield { kind: 'reordered', at: bound.drawn.line, explanation: `"${bound.text}" was observed too early.`, trials: moved(drawn, [event], place) };
  }
  if (!unexpected) return;
  for (const block of blocksOf(failure, unexpected)) {
    const without = drawn.filter((event) => !block.includes(event));
    const { taken } = match(matcher, without);
    if (taken <= outcome.taken) continue;
    const line = lineOf(failure, unexpected);
    yield { kind: 'reordered', at: line, explanation: `"${told(unexpected)}" was observed too early; the diagram draws it on line ${line}.`, trials: moved(drawn, block, without[taken]) };
  }
}

/** Where an event is drawn: the first message of the diagram that matches it. */
const drawnAs = ({ matcher }: Failure, event: ObservedEvent) => matcher.bound.all.filter((bound) => bound.matches(event));
const lineOf = (failure: Failure, event: ObservedEvent) => drawnAs(failure, event)[0]!.drawn.line;

/** A reply that ends another call than the one it is drawn for. */
export function* unpairedReplies(failure: Failure): Generator<Repair> {
  const { matcher, drawn, expected } = failure;
  const reply = expected.find((bound) => bound.kind === 'reply');
  if (!reply) return;
  const calls = new Set([...matcher.bound.messages.keys()]);
  const lenient = { ...matcher, pairs: new Map([...calls].map((message) => [message, calls])) };
  if (!match(lenient, drawn).accepted) return;
  const explanation = `"${reply.text}" was observed as the end of another call than the one that it answers in the diagram; ${instead(failure)}.`;
  yield { kind: 'unpaired-reply', at: reply.drawn.line, explanation, trials: asObserved(drawn) };
}

interface Insertion {
  readonly thread: Thread;
  readonly inserted: readonly Standing[];
}

const MOST_LOOKS = 3_000;

/** An event that stands for a message that was not observed; a reply stands for the end of a call that is open. */
function standing({ pairs, bound }: Matcher, { open }: Thread, message: Message, id: number): Standing | undefined {
  const { kind } = bound.messages.get(message)!;
  const partners = pairs.get(message);
  const call = partners?.size ? [...open].find(([, taken]) => partners.has(taken)) : undefined;
  if (partners?.size && !call) return undefined;
  const span = { spanId: call?.[0] ?? `missing ${id}`, parentSpanId: undefined, process: '', from: message.from, to: message.to, message: message.text, tenant: undefined, error: undefined, facts: {}, within: [] };
  return { kind, span, standsFor: message };
}

/** The fewest drawn messages after which the unexpected event, or the end, has its place. */
function shortestInsertion({ matcher, outcome, unexpected }: Failure): readonly Standing[] | undefined {
  const queue: Insertion[] = outcome.threads.map((thread) => ({ thread, inserted: [] }));
  const seen = new Set<string>();
  for (let looks = 0; looks < queue.length && looks < MOST_LOOKS; looks += 1) {
    const { thread, inserted } = queue[looks]!;
    const { steps, end } = matcher.grammar.continuation(thread.position);
    if (inserted.length > 0 && (unexpected ? stepsWith(matcher, thread, unexpected).length > 0 : end)) return inserted;
    for (const { message } of steps) {
      const event = standing(matcher, thread, message, looks);
      for (const next of event ? advance(matcher, thread, event) : []) {
        const key = `${next.position?.key}#${[...next.open.keys()].join()}`;
        if (!seen.has(key)) queue.push({ thread: next, inserted: [...inserted, event!] });
        seen.add(key);
      }
    }
  }
  return undefined;
}

/** Messages that are drawn and were not observed. */
export function* insertions(failure: Failure): Generator<Repair> {
  const { drawn, outcome, matcher } = failure;
  const inserted = shortestInsertion(failure);
  const first = inserted?.[0] && matcher.bound.messages.get(inserted[0].standsFor!);
  if (!inserted || !first) return;
  const missing = inserted.map((event): Trial => ({ event, fate: 'inserted', remark: 'not observed' }));
  const trials = [...asObserved(drawn.slice(0, outcome.taken)), ...missing, ...asObserved(drawn.slice(outcome.taken))];
  const others = inserted.length > 1 ? `, nor ${inserted.length - 1} message(s) after it` : '';
  const explanation = `"${first.text}" was not observed${others}; ${instead(failure)}.`;
  yield { kind: first.kind === 'reply' ? 'missing-reply' : 'missing', at: first.drawn.line, explanation, trials };
}

/** The span of an event and everything that was done on its behalf. */
function subtree(events: readonly ObservedEvent[], root: ObservedEvent): ObservedEvent[] {
  const ids = new Set([root.span.spanId]);
  const found = events.filter(({ span }) => {
    if (span.parentSpanId && ids.has(span.parentSpanId)) ids.add(span.spanId);
    return ids.has(span.spanId);
  });
  return found;
}

/** Whether the unexpected call says the same as one that was taken before: for the same sender, with the same facts. */
export function isRepetition({ unexpected, outcome }: Failure): boolean {
  if (unexpected?.kind !== 'call') return false;
  const { kind, span } = unexpected;
  const says = ({ from, to, message, parentSpanId, facts, error }: ObservedEvent['span']) => JSON.stringify([from, to, message, parentSpanId, facts, error]);
  return pathInOrder(outcome.threads[0]?.path).some((step) => step.message && step.event.kind === kind && says(step.event.span) === says(span));
}

/** What was observed where the diagram does not have it. */
export function* removals(failure: Failure): Generator<Repair> {
  const { drawn, unexpected } = failure;
  if (!unexpected) return;
  const candidates = [subtree(drawn, unexpected), drawn.filter(({ span }) => span === unexpected.span), [unexpected]];
  for (const block of candidates) {
    const trials = drawn.map((event): Trial => (block.includes(event) ? { event, fate: 'removed', remark: 'not drawn here' } : { event, fate: 'as observed' }));
    const left = drawn.filter((event) => !block.includes(event));
    yield { ...classify(failure, unexpected, left), trials };
  }
}

/** An event without a place happened twice, or belongs to a branch that was not taken, or is just too much. */
function classify(failure: Failure, unexpected: ObservedEvent, left: readonly ObservedEvent[]): Omit<Repair, 'trials'> {
  const drawn = drawnAs(failure, unexpected);
  const at = drawn[0]!.drawn.line;
  const seen = `"${told(unexpected)}"`;
  if (left.some((event) => drawn.some((bound) => bound.matches(event)))) return { kind: 'duplicate', at, explanation: `${seen} was observed once more than the diagram has it.` };
  const branches = failure.matcher.branchesWith(drawn[0]!.drawn);
  if (branches) return { kind: 'wrong-branch', at, explanation: `${seen} belongs to the branch "${branches}", but another one was taken.` };
  return { kind: 'extra', at, explanation: `${seen} was observed where the diagram does not have it.` };
}
