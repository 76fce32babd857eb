import { bind, type BoundDiagram } from './bind.ts';
import type { Binding } from './bindings/port.ts';
import { isDrawn } from './matching.ts';
import type { Diagram, Element, Message, Participant } from './model.ts';
import type { ObservedEvent } from './observe.ts';

export interface ObservedDiagramOptions {
  readonly diagram: Diagram;
  readonly binding: Binding;
  readonly events: readonly ObservedEvent[];
  /** Also the messages that the diagram does not draw; default false, which shows the run at the diagram's altitude. */
  readonly everything?: boolean;
}

/** Characters that a participant's name cannot have become spaces. */
const idOf = (name: string) => name.replace(/[^\p{L}\p{N}_]+/gu, '_').replace(/^(\p{N})/u, '_$1');

/** Participants of the diagram by the name that spans give them, where only one has that name. */
function participantsBySpan({ diagram, binding }: ObservedDiagramOptions): (name: string) => string {
  const owners = new Map<string, Set<string>>();
  for (const { id, label } of diagram.participants)
    for (const name of (binding.participants[id] ?? binding.participants[label])?.spans ?? []) owners.set(name, (owners.get(name) ?? new Set()).add(id));
  return (name) => {
    const [only, ...others] = owners.get(name) ?? [];
    return only && others.length === 0 ? only : idOf(name);
  };
}

/** An event between the participants of the message that it fits; a span in no place keeps its own names. */
function messageOf(bound: BoundDiagram, nameOf: (name: string) => string, event: ObservedEvent): Message {
  const { kind, span } = event;
  const drawn = bound.all.find((message) => message.matches(event))?.drawn;
  const [from, to] = kind === 'call' ? [span.from, span.to] : [span.to, span.from];
  const said = kind === 'call' ? span.message : span.error === undefined ? `${span.message} done` : `${span.message} failed: ${span.error}`;
  const facts = kind === 'call' && typeof span.facts['node'] === 'string' ? ` (${span.facts['node']})` : '';
  return {
    kind: 'message', from: drawn?.from ?? nameOf(from), to: drawn?.to ?? nameOf(to), arrow: kind === 'call' ? '->>' : '-->>', activation: undefined,
    text: `${said}${facts}`, line: 0,
  };
}

/** The run as a diagram of its own: the specified participants first, loops unrolled, messages as the engine names them. */
export function observedDiagram(options: ObservedDiagramOptions): Diagram {
  const bound = bind(options.diagram, options.binding);
  const nameOf = participantsBySpan(options);
  const shown = options.everything ? options.events : options.events.filter((event) => isDrawn(bound, event));
  const body: Element[] = shown.map((event) => messageOf(bound, nameOf, event));
  const known = new Map<string, Participant>(options.diagram.participants.map((participant) => [participant.id, { ...participant, line: 0 }]));
  for (const message of body as Message[])
    for (const id of [message.from, message.to]) if (!known.has(id)) known.set(id, { id, label: id, type: 'participant', line: 0 });
  return { participants: [...known.values()], body, autonumber: options.diagram.autonumber, strict: false };
}
