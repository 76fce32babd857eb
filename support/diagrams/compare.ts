/** The verdict on a run: does what was observed fit the diagram that the feature draws? */
import { bind, type BoundDiagram } from './bind.ts';
import type { Binding } from './bindings/port.ts';
import { diagnose } from './diagnose.ts';
import { takenOf, unlimited, wantedOf, type Expectation, type Taken, type Wanted } from './expectation.ts';
import { createGrammar, type Limits } from './grammar.ts';
import { isDrawn, match, pathInOrder, type Matcher, type Outcome } from './matching.ts';
import { messagesOf, type Block, type Diagram } from './model.ts';
import { told, type ObservedEvent } from './observe.ts';
import { branchNames, pairReplies } from './pairing.ts';
import { asObserved, sideBySide, type Trial } from './side-by-side.ts';
import type { Drift, Same, Verdict } from './verdict.ts';

export interface Comparison extends Expectation {
  readonly diagram: Diagram;
  readonly binding: Binding;
  /** From `observe`. */
  readonly events: readonly ObservedEvent[];
}

function matcherOf(bound: BoundDiagram, limits: Limits): Matcher {
  const names = branchNames(bound.diagram.body);
  return { bound, grammar: createGrammar(bound.diagram.body, limits), pairs: pairReplies(bound), branchesWith: (message) => names.get(message) };
}

function takenBy(outcome: Outcome): Taken | undefined {
  if (!outcome.accepted) return undefined;
  return takenOf([...pathInOrder(outcome.accepted.path).flatMap(({ marks }) => marks), ...outcome.accepted.end]);
}

/** The columns with what was observed as it was; `spoiled` says why an event is marked. */
const columns = (matcher: Matcher, events: readonly ObservedEvent[], spoiled: (event: ObservedEvent) => string | undefined) =>
  sideBySide(matcher, asObserved(events).map((trial): Trial => {
    const remark = spoiled(trial.event);
    return remark ? { event: trial.event, fate: 'removed', remark } : trial;
  }));

function foreignTenant(matcher: Matcher, events: readonly ObservedEvent[], tenant: Expectation['tenant']): Drift | undefined {
  if (tenant === undefined) return undefined;
  const isForeign = ({ span }: ObservedEvent) => span.tenant !== undefined && ![tenant].flat().includes(span.tenant);
  const foreign = events.find(isForeign);
  if (!foreign) return undefined;
  const drawn = matcher.bound.all.find((bound) => bound.matches(foreign));
  return {
    verdict: 'drift', kind: 'wrong-tenant', at: drawn?.drawn.line ?? 1,
    explanation: `"${told(foreign)}" was done for the tenant ${foreign.span.tenant}, but the run belongs to ${[tenant].flat().join(' or ')}.`,
    sideBySide: columns(matcher, events.filter((event) => isForeign(event) || isDrawn(matcher.bound, event)), (event) => (isForeign(event) ? `tenant ${event.span.tenant}` : undefined)),
  };
}

/** `%% strict`: every call that was observed must be drawn. Replies of drawn calls need not be. */
function undrawnCall(matcher: Matcher, events: readonly ObservedEvent[]): Drift | undefined {
  const { bound } = matcher;
  const isExtra = (event: ObservedEvent) => event.kind === 'call' && !isDrawn(bound, event) && !bound.isAside(event);
  const extra = bound.diagram.strict ? events.find(isExtra) : undefined;
  if (!extra) return undefined;
  return {
    verdict: 'drift', kind: 'extra', at: 1, explanation: `"${told(extra)}" was observed and the diagram, which is strict, does not draw it.`,
    sideBySide: columns(matcher, events.filter((event) => isExtra(event) || isDrawn(bound, event)), (event) => (isExtra(event) ? 'not drawn' : undefined)),
  };
}

const labelOf = ({ branches }: Block, branch: number) => branches[branch]?.label || branches[0]!.label;

interface Unwanted extends Pick<Drift, 'kind' | 'at' | 'explanation'> {
  readonly block: Block;
}

/** A run that fits the diagram, but not what the scenario asked of it. */
function unwantedChoice(taken: Taken, wanted: Wanted): Unwanted | undefined {
  for (const { block, branch } of wanted.branches) {
    const went = taken.branches.filter((one) => one.block === block);
    if (went.some((one) => one.branch === branch)) continue;
    const instead = went.length > 0 ? `"${labelOf(block, went[0]!.branch)}" happened instead` : 'it did not happen';
    return { kind: 'wrong-branch', block, at: block.branches[branch]!.line, explanation: `The branch "${labelOf(block, branch)}" was to happen, but ${instead}.` };
  }
  for (const { block, rounds } of taken.loops) {
    const limits = wanted.rounds(block);
    const wrong = limits && rounds.find((count) => count < limits.least || count > limits.most);
    if (wrong === undefined || !limits) continue;
    const asked = limits.least === limits.most ? `${limits.least}` : `${limits.least} to ${limits.most}`;
    return { kind: 'wrong-loop-count', block, at: block.line, explanation: `The loop "${labelOf(block, 0)}" was to go round ${asked} time(s), but it went round ${wrong} time(s).` };
  }
  return undefined;
}

const sameAs = (taken: Taken): Same => ({
  verdict: 'same',
  loops: taken.loops.map(({ block, rounds }) => ({ label: labelOf(block, 0), rounds })),
  branches: taken.branches.map(({ block, branch }) => labelOf(block, branch)),
});

/**
 * Holds a run against a diagram. Throws UnboundError where the binding does not cover the diagram, and an Error where
 * the expectation names a branch or loop that is not drawn: those are faults of the specification, not of the run.
 */
export function compare({ diagram, binding, events, ...expectation }: Comparison): Verdict {
  const bound = bind(diagram, binding);
  const wanted = wantedOf(diagram, expectation);
  const free = matcherOf(bound, unlimited);
  const foreign = foreignTenant(free, events, expectation.tenant);
  if (foreign) return foreign;

  const drawn = events.filter((event) => isDrawn(bound, event));
  const asWanted = takenBy(match(matcherOf(bound, wanted.limits), drawn));
  const taken = asWanted ?? takenBy(match(free, drawn));
  if (!taken) {
    const { trials, ...found } = diagnose(free, events, drawn);
    return { verdict: 'drift', ...found, sideBySide: sideBySide(free, trials) };
  }
  const unwanted = unwantedChoice(taken, wanted);
  if (unwanted) {
    const { block, ...found } = unwanted;
    return { verdict: 'drift', ...found, sideBySide: sideBySide(free, asObserved(drawn), new Set(messagesOf([block]))) };
  }
  return undrawnCall(free, events) ?? sameAs(taken);
}
