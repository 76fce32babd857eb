/** Which drawn calls a drawn reply may answer. */
import type { BoundDiagram, BoundMessage } from './bind.ts';
import type { Block, Element, Message } from './model.ts';

interface Place {
  readonly block: Block;
  readonly branch: number;
}

function placesOf(body: readonly Element[], around: readonly Place[] = []): [Message, readonly Place[]][] {
  return body.flatMap((element): [Message, readonly Place[]][] => {
    if (element.kind === 'message') return [[element, around]];
    if (element.kind !== 'block') return [];
    return element.branches.flatMap((branch, index) => placesOf(branch.body, [...around, { block: element, branch: index }]));
  });
}

/** Whether two messages stand in different branches of one block of these types. */
const inDifferentBranches = (types: readonly Block['type'][]) => (one: readonly Place[], other: readonly Place[]): boolean =>
  one.some(({ block, branch }) => types.includes(block.type) && other.some((place) => place.block === block && place.branch !== branch));

/** The label of the innermost branch of an `alt` that a message stands in. */
export function branchNames(body: readonly Element[]): ReadonlyMap<Message, string> {
  const named = placesOf(body).flatMap(([message, places]): [Message, string][] => {
    const place = places.findLast(({ block }) => block.type === 'alt' && block.branches.length > 1);
    return place ? [[message, place.block.branches[place.branch]!.label]] : [];
  });
  return new Map(named);
}

const exclusive = inDifferentBranches(['alt']);
const apart = inDifferentBranches(['alt', 'par']);

const patternOf = ({ entry }: BoundMessage) => ('call' in entry ? entry.call : entry.reply).message;

/** Two patterns that are plain texts and differ cannot mean one span; with an expression that is seen at run time. */
function mayBeOneSpan(call: BoundMessage, reply: BoundMessage): boolean {
  const [one, other] = [patternOf(call), patternOf(reply)];
  const swapped = call.drawn.from === reply.drawn.to && call.drawn.to === reply.drawn.from;
  return swapped && (one instanceof RegExp || other instanceof RegExp || one === other);
}

/**
 * For each drawn reply the calls that it may answer: the nearest one before it that no other reply answers, and
 * where that stands in a branch of an `alt`, the nearest in the other branches too.
 */
export function pairReplies({ diagram, messages }: BoundDiagram): ReadonlyMap<Message, ReadonlySet<Message>> {
  const pairs = new Map<Message, Set<Message>>();
  const answered = new Map<Message, (readonly Place[])[]>();
  const calls: { bound: BoundMessage; places: readonly Place[] }[] = [];
  for (const [message, places] of placesOf(diagram.body)) {
    const bound = messages.get(message)!;
    if (bound.kind === 'call') {
      calls.push({ bound, places });
      continue;
    }
    const partners: typeof calls = [];
    for (const call of calls.toReversed()) {
      const isFree = (answered.get(call.bound.drawn) ?? []).every((reply) => exclusive(reply, places));
      const fits = mayBeOneSpan(call.bound, bound) && !apart(call.places, places);
      if (isFree && fits && partners.every((partner) => exclusive(partner.places, call.places))) partners.push(call);
    }
    for (const { bound: call } of partners) answered.set(call.drawn, [...(answered.get(call.drawn) ?? []), places]);
    pairs.set(message, new Set(partners.map((partner) => partner.bound.drawn)));
  }
  return pairs;
}
