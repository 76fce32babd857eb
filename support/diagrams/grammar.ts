/**
 * A diagram as a grammar of event sequences: from a position, which messages may come next, and whether it may end.
 *
 * A position is a stack of what is still to come, so that nesting needs no special case:
 *   sequence  a body and the index of its next element
 *   loop      a loop that may go round again or be left
 *   par       one position for each branch, all going on at once
 *
 * G1. What may follow a position depends on the position alone, so it is computed once for each (`key`).
 * G2. `alt` takes exactly one branch; with a single branch it is an `opt`. `opt` happens or not. `critical` happens,
 *     and at most one of its options after it. `break` happens and then ends the body around it (a loop for good),
 *     or does not happen. `rect` is only colour.
 */
import type { Block, Element, Message } from './model.ts';

export type Position =
  | { readonly kind: 'sequence'; readonly body: readonly Element[]; readonly index: number; readonly rest: Position | undefined; readonly key: string }
  | { readonly kind: 'loop'; readonly block: Block; readonly rounds: number; readonly rest: Position | undefined; readonly key: string }
  | { readonly kind: 'par'; readonly branches: readonly (Position | undefined)[]; readonly rest: Position | undefined; readonly key: string };

/** A choice that was made on the way to a message. */
export interface Mark {
  readonly kind: 'branch' | 'enter loop' | 'round';
  readonly block: Block;
  readonly branch: number;
}

export interface Step {
  readonly message: Message;
  readonly next: Position | undefined;
  readonly marks: readonly Mark[];
}

export interface Continuation {
  readonly steps: readonly Step[];
  /** The choices that lead to the end from here; undefined when something must still come. */
  readonly end: readonly Mark[] | undefined;
}

/** What the diagram itself leaves open and a scenario fixes. */
export interface Limits {
  /** Rounds that a loop takes each time it is reached; undefined is any number. */
  rounds(block: Block): { readonly least: number; readonly most: number } | undefined;
  /** The branch that must be taken, -1 for none; undefined is free choice. */
  branch(block: Block): number | undefined;
}

export interface Grammar {
  readonly start: Position | undefined;
  continuation(position: Position | undefined): Continuation;
}

interface Draft {
  readonly steps: Step[];
  end: readonly Mark[] | undefined;
}

interface Way {
  readonly draft: Draft;
  readonly marks: readonly Mark[];
  /** Positions already looked at for this draft: the first way to one counts, and a loop of nothing comes to rest. */
  readonly seen: Set<string>;
}

export function createGrammar(body: readonly Element[], limits: Limits): Grammar {
  const ids = new Map<unknown, number>();
  const idOf = (thing: unknown) => ids.get(thing) ?? (ids.set(thing, ids.size), ids.size - 1);
  const keyOf = (position: Position | undefined) => position?.key ?? '';

  const sequence = (elements: readonly Element[], rest: Position | undefined, index = 0): Position | undefined =>
    index >= elements.length ? rest : { kind: 'sequence', body: elements, index, rest, key: `${idOf(elements)}.${index} ${keyOf(rest)}` };

  const loop = (block: Block, rounds: number, rest: Position | undefined): Position => {
    const counted = limits.rounds(block) ? rounds : 0;
    return { kind: 'loop', block, rounds: counted, rest, key: `${idOf(block)}*${counted} ${keyOf(rest)}` };
  };

  const par = (branches: readonly (Position | undefined)[], rest: Position | undefined): Position => ({
    kind: 'par', branches, rest, key: `(${branches.map(keyOf).join('|')}) ${keyOf(rest)}`,
  });

  const marked = (way: Way, kind: Mark['kind'], block: Block, branch = 0): Way => ({ ...way, marks: [...way.marks, { kind, block, branch }] });

  /** Where the body around a `break` ends: for the body of a loop, that is where the loop ends. */
  const outOf = (rest: Position | undefined) => (rest?.kind === 'loop' ? rest.rest : rest);

  function chooseBranch(block: Block, after: Position | undefined, way: Way) {
    const wanted = limits.branch(block);
    block.branches.forEach((branch, index) => {
      if (wanted === undefined || wanted === index) expand(sequence(branch.body, after), marked(way, 'branch', block, index));
    });
    if (block.branches.length === 1 && (wanted === undefined || wanted === -1)) expand(after, way);
  }

  function expandCritical(block: Block, after: Position | undefined, way: Way) {
    const wanted = limits.branch(block);
    const body = block.branches[0]!.body;
    block.branches.forEach((option, index) => {
      const handled = index === 0 ? after : sequence(option.body, after);
      if (wanted === undefined || wanted === index) expand(sequence(body, handled), marked(way, 'branch', block, index));
    });
  }

  function expandBlock(block: Block, at: Extract<Position, { kind: 'sequence' }>, way: Way) {
    const after = sequence(at.body, at.rest, at.index + 1);
    const first = block.branches[0]!.body;
    switch (block.type) {
      case 'rect': return expand(sequence(first, after), way);
      case 'loop': return expand(loop(block, 0, after), marked(way, 'enter loop', block));
      case 'par': return expand(par(block.branches.map((branch) => sequence(branch.body, undefined)), after), way);
      case 'critical': return expandCritical(block, after, way);
      case 'break':
        if (limits.branch(block) !== -1) expand(sequence(first, outOf(at.rest)), marked(way, 'branch', block));
        return limits.branch(block) === 0 ? undefined : expand(after, way);
      default: return chooseBranch(block, after, way);
    }
  }

  function expandLoop(at: Extract<Position, { kind: 'loop' }>, way: Way) {
    const { least, most } = limits.rounds(at.block) ?? { least: 0, most: Infinity };
    if (at.rounds < most) expand(sequence(at.block.branches[0]!.body, loop(at.block, at.rounds + 1, at.rest)), marked(way, 'round', at.block));
    if (at.rounds >= least) expand(at.rest, way);
  }

  function expandPar(at: Extract<Position, { kind: 'par' }>, way: Way) {
    const ways = at.branches.map(continuation);
    ways.forEach(({ steps }, index) => {
      for (const step of steps) {
        const branches = at.branches.map((branch, other) => (other === index ? step.next : branch));
        way.draft.steps.push({ message: step.message, next: par(branches, at.rest), marks: [...way.marks, ...step.marks] });
      }
    });
    if (ways.every(({ end }) => end)) expand(at.rest, { ...way, marks: [...way.marks, ...ways.flatMap(({ end }) => end!)] });
  }

  function expand(at: Position | undefined, way: Way): void {
    if (!at) return void (way.draft.end ??= way.marks);
    if (way.seen.has(at.key)) return;
    way.seen.add(at.key);
    if (at.kind === 'loop') return expandLoop(at, way);
    if (at.kind === 'par') return expandPar(at, way);
    const element = at.body[at.index]!;
    if (element.kind === 'block') return expandBlock(element, at, way);
    const next = sequence(at.body, at.rest, at.index + 1);
    if (element.kind !== 'message') return expand(next, way);
    way.draft.steps.push({ message: element, next, marks: way.marks });
  }

  const known = new Map<string, Continuation>();
  function continuation(position: Position | undefined): Continuation {
    const key = keyOf(position);
    const cached = known.get(key);
    if (cached) return cached;
    const draft: Draft = { steps: [], end: undefined };
    expand(position, { draft, marks: [], seen: new Set() });
    known.set(key, draft); // G1
    return draft;
  }

  return { start: sequence(body, undefined), continuation };
}
