/** What a scenario adds to a diagram: which branch was to happen, how often a loop was to go round, for which tenant. */
import { blocksOf, type Block, type Diagram, type Element } from './model.ts';
import type { Limits, Mark } from './grammar.ts';

export interface Expectation {
  /** The tenants whose messages the trace may contain. A span without a tenant is nobody's. Default: any. */
  readonly tenant?: string | readonly string[] | undefined;
  /** Labels of branches (`alt`/`else`, `opt`, `option`, `break`) that must have happened. */
  readonly branch?: string | readonly string[] | undefined;
  /** Rounds of loops by label; a loop may also state it itself, as in `loop 3 times` or `loop 1..3 times`. */
  readonly loops?: Readonly<Record<string, number>> | undefined;
}

export interface WantedBranch {
  readonly block: Block;
  readonly branch: number;
}

export interface Wanted {
  readonly limits: Limits;
  readonly branches: readonly WantedBranch[];
  rounds(block: Block): { readonly least: number; readonly most: number } | undefined;
}

const same = (one: string, other: string) => one.trim().toLowerCase() === other.trim().toLowerCase();

function statedRounds(label: string) {
  const [, least, most] = /\b(\d+)(?:\.\.(\d+))? times\b/.exec(label) ?? [];
  return least === undefined ? undefined : { least: Number(least), most: Number(most ?? least) };
}

/** Blocks outside every loop: inside one, a branch may differ from round to round. */
function blocksOutsideLoops(body: readonly Element[]): Block[] {
  return body.flatMap((element) => {
    if (element.kind !== 'block' || element.type === 'loop') return [];
    return [element, ...element.branches.flatMap((branch) => blocksOutsideLoops(branch.body))];
  });
}

const labels = (blocks: readonly Block[]) => blocks.flatMap((block) => block.branches.map((branch) => `"${branch.label}"`)).join(', ') || 'none';

function wantedBranches(blocks: readonly Block[], branch: Expectation['branch']): WantedBranch[] {
  const choices = blocks.filter(({ type }) => ['alt', 'opt', 'critical', 'break'].includes(type));
  return [branch ?? []].flat().flatMap((label) => {
    const found = choices.flatMap((block) => block.branches.flatMap((one, index) => (same(one.label, label) ? [{ block, branch: index }] : [])));
    if (found.length === 0) throw new Error(`the diagram has no branch "${label}"; it has ${labels(choices)}`);
    return found;
  });
}

/** Throws where a label is not in the diagram. */
export function wantedOf({ body }: Diagram, { branch, loops = {} }: Expectation): Wanted {
  const blocks = blocksOf(body);
  const drawnLoops = blocks.filter(({ type }) => type === 'loop');
  for (const label of Object.keys(loops))
    if (!drawnLoops.some((loop) => same(loop.branches[0]!.label, label))) throw new Error(`the diagram has no loop "${label}"; it has ${labels(drawnLoops)}`);
  const branches = wantedBranches(blocks, branch);
  const fixed = new Set(blocksOutsideLoops(body));
  const rounds: Wanted['rounds'] = (block) => {
    const [, count] = Object.entries(loops).find(([label]) => same(label, block.branches[0]!.label)) ?? [];
    return count === undefined ? statedRounds(block.branches[0]!.label) : { least: count, most: count };
  };
  const branchOf = (block: Block) => (fixed.has(block) ? branches.find((wanted) => wanted.block === block)?.branch : undefined);
  return { branches, rounds, limits: { rounds: (block) => (block.type === 'loop' ? rounds(block) : undefined), branch: branchOf } };
}

/** The diagram's own freedom: what remains when a scenario asks for nothing. */
export const unlimited: Limits = { rounds: () => undefined, branch: () => undefined };

export interface Taken {
  readonly loops: readonly { readonly block: Block; readonly rounds: readonly number[] }[];
  readonly branches: readonly WantedBranch[];
}

/** How often each loop went round each time it was reached, and which branches were taken, from a path's choices. */
export function takenOf(marks: readonly Mark[]): Taken {
  const loops = new Map<Block, number[]>();
  for (const { kind, block } of marks) {
    const rounds = loops.get(block) ?? [];
    if (kind === 'enter loop') loops.set(block, [...rounds, 0]);
    if (kind === 'round') rounds[rounds.length - 1]! += 1;
  }
  return {
    loops: [...loops].map(([block, rounds]) => ({ block, rounds })),
    branches: marks.filter(({ kind }) => kind === 'branch').map(({ block, branch }) => ({ block, branch })),
  };
}
