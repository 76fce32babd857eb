/** Joins a diagram with its binding: each drawn message gets a test for observed events. */
import type { Binding, MessageBinding, ReplyPattern, SpanPattern } from './bindings/port.ts';
import { messagesOf, type Diagram, type Message } from './model.ts';
import type { ObservedEvent, ObservedSpan } from './observe.ts';
import type { Fact } from './spans.ts';

/** A drawn message that no entry of the binding covers, or a participant that it does not know. */
export class UnboundError extends Error {
  override readonly name = 'UnboundError';
  /** Line in the diagram. */
  readonly line: number;
  constructor(line: number, message: string) {
    super(`diagram line ${line}: ${message}`);
    this.line = line;
  }
}

export interface BoundMessage {
  readonly drawn: Message;
  /** As the diagram shows it: `Gateway->>Orchestrator: Execute`. */
  readonly text: string;
  readonly kind: ObservedEvent['kind'];
  /** Entries that share one share a kind of message, wherever they are drawn. */
  readonly entry: MessageBinding;
  matches(event: ObservedEvent): boolean;
  /** As `matches`, between whomever: for telling a wrong participant from a missing message. */
  matchesApartFromParticipants(event: ObservedEvent): boolean;
  /** The span's ends as they should be: its own where they are right, else the first that the binding allows. */
  ends(span: ObservedSpan): { readonly from: string; readonly to: string };
}

export interface BoundDiagram {
  readonly diagram: Diagram;
  readonly messages: ReadonlyMap<Message, BoundMessage>;
  /** The same in the order of the diagram. */
  readonly all: readonly BoundMessage[];
  isAside(event: ObservedEvent): boolean;
}

const matchesText = (pattern: string | RegExp, text: string) =>
  typeof pattern === 'string' ? pattern.toLowerCase() === text.toLowerCase() : pattern.test(text);

const listed = (names: string | readonly string[]): readonly string[] => (typeof names === 'string' ? [names] : names);
const rightEnd = (names: readonly string[], name: string) => (names.includes(name) ? name : (names[0] ?? name));

const matchesFact = (expected: Fact | RegExp, fact: Fact | undefined) =>
  fact !== undefined && (expected instanceof RegExp ? expected.test(String(fact)) : expected === fact);

const isMessage = (pattern: string | RegExp, message: string) => (typeof pattern === 'string' ? pattern === message : pattern.test(message));

function matchesSpan({ message, facts = {}, within }: SpanPattern, span: ObservedSpan): boolean {
  if (!isMessage(message, span.message)) return false;
  if (within !== undefined && !span.within.some((around) => isMessage(within, around))) return false;
  return Object.entries(facts).every(([name, expected]) => matchesFact(expected, span.facts[name]));
}

function matchesError(expected: ReplyPattern['error'], error: string | undefined): boolean {
  if (expected === undefined) return true;
  if (typeof expected === 'boolean') return expected === (error !== undefined);
  return error !== undefined && (typeof expected === 'string' ? expected === error : expected.test(error));
}

const suggestion = ({ from, to, text, arrow }: Message) => {
  const span = arrow.startsWith('--') ? "reply: { message: '<hive.message of the span whose end this is>' }" : "call: { message: '<hive.message of the span>' }";
  return `{ from: '${from}', to: '${to}', label: '${text}', ${span} }`;
};

/** The names that spans give a participant, which the binding knows by its id or its label. */
function spansOf({ binding, diagram }: { binding: Binding; diagram: Diagram }, id: string, line: number): readonly string[] {
  const { label } = diagram.participants.find((participant) => participant.id === id)!;
  const bound = binding.participants[id] ?? binding.participants[label];
  if (!bound) throw new UnboundError(line, `the participant ${id} is not bound. Add it to \`participants\` in the binding of ${binding.flow}: ${JSON.stringify(label)}: { spans: ['<hive.from or hive.to>'] }`);
  return bound.spans;
}

function entryOf({ binding, diagram }: { binding: Binding; diagram: Diagram }, message: Message): MessageBinding {
  const names = (id: string) => [id, diagram.participants.find((participant) => participant.id === id)!.label];
  const entry = binding.messages.find(({ from, to, label }) => names(message.from).includes(from) && names(message.to).includes(to) && matchesText(label, message.text));
  if (entry) return entry;
  throw new UnboundError(message.line, `the message "${message.from}${message.arrow}${message.to}: ${message.text}" is not bound. Add it to \`messages\` in the binding of ${binding.flow}: ${suggestion(message)}`);
}

function bindMessage(given: { binding: Binding; diagram: Diagram }, message: Message): BoundMessage {
  const entry = entryOf(given, message);
  const isCall = 'call' in entry;
  const pattern: ReplyPattern = isCall ? entry.call : entry.reply;
  const [caller, called] = isCall ? [message.from, message.to] : [message.to, message.from];
  const from = listed(pattern.from ?? spansOf(given, caller, message.line));
  const to = listed(pattern.to ?? spansOf(given, called, message.line));
  const kind = isCall ? 'call' : 'reply';
  const matchesApartFromParticipants = (event: ObservedEvent) =>
    event.kind === kind && matchesSpan(pattern, event.span) && (isCall || matchesError(pattern.error, event.span.error));
  return {
    drawn: message, entry, kind, text: `${message.from}${message.arrow}${message.to}: ${message.text}`, matchesApartFromParticipants,
    matches: (event) => from.includes(event.span.from) && to.includes(event.span.to) && matchesApartFromParticipants(event),
    ends: (span) => ({ from: rightEnd(from, span.from), to: rightEnd(to, span.to) }),
  };
}

/** An event is asked about once for each place where it might be taken; patterns are tried only the first time. */
function remembering(bound: BoundMessage): BoundMessage {
  const known = new Map<ObservedEvent, boolean>();
  const matches = (event: ObservedEvent) => {
    const before = known.get(event);
    if (before !== undefined) return before;
    const now = bound.matches(event);
    known.set(event, now);
    return now;
  };
  return { ...bound, matches };
}

/** Throws UnboundError, with what to write where. */
export function bind(diagram: Diagram, binding: Binding): BoundDiagram {
  const given = { diagram, binding };
  for (const { id, line } of diagram.participants) spansOf(given, id, line);
  const aside = binding.aside ?? [];
  const all = messagesOf(diagram.body).map((message) => remembering(bindMessage(given, message)));
  return {
    diagram, all,
    messages: new Map(all.map((bound) => [bound.drawn, bound])),
    isAside: ({ span }) => aside.some((pattern) => matchesSpan(pattern, span) && listed(pattern.from ?? span.from).includes(span.from) && listed(pattern.to ?? span.to).includes(span.to)),
  };
}
