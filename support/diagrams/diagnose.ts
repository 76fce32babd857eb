import { match, type Matcher } from './matching.ts';
import { failuresOf, insertions, isRepetition, removals, reorderings, unpairedReplies, wrongParticipants, type Failure, type Repair } from './repairs.ts';
import type { ObservedEvent } from './observe.ts';
import { asObserved } from './side-by-side.ts';

/**
 * Repairs from the most to the least specific explanation. What is said twice with the same facts is a repetition
 * before it is a sign that something between is missing; otherwise the other way round.
 */
function* repairs(failure: Failure): Generator<Repair> {
  yield* wrongParticipants(failure);
  yield* reorderings(failure);
  yield* unpairedReplies(failure);
  if (isRepetition(failure)) yield* removals(failure);
  yield* insertions(failure);
  yield* removals(failure);
}

const remaining = (failure: Failure, { trials, kind }: Repair): number => {
  const events = trials.filter(({ fate }) => fate !== 'removed').map(({ event }) => event);
  const { accepted, taken } = match(failure.matcher, events);
  return accepted || kind === 'unpaired-reply' ? -1 : events.length - taken;
};

/** Where none of the repairs helps, several things are wrong at once: says what was expected first. */
function unrepaired({ drawn, expected, unexpected }: Failure): Repair {
  const [first] = expected;
  const what = expected.map((bound) => `"${bound.text}" (line ${bound.drawn.line})`).join(' or ');
  return {
    kind: first ? (first.kind === 'reply' ? 'missing-reply' : 'missing') : 'extra',
    at: first?.drawn.line ?? 1,
    explanation: `Expected ${what || 'nothing more'}, but ${unexpected ? `the next message was "${unexpected.span.message}" from ${unexpected.span.from} to ${unexpected.span.to}` : 'the run was over'}.`,
    trials: asObserved(drawn),
  };
}

/** The repair after which the run fits its diagram; where there is none, the one that comes furthest. */
export function diagnose(matcher: Matcher, all: readonly ObservedEvent[], drawn: readonly ObservedEvent[]): Repair {
  const failures = failuresOf(matcher, all, drawn);
  let best = unrepaired(failures[0]!);
  let least = drawn.length - Math.max(...failures.map(({ outcome }) => outcome.taken));
  for (const failure of failures)
    for (const repair of repairs(failure)) {
      const left = remaining(failure, repair);
      if (left < 0) return repair;
      if (left < least) [best, least] = [repair, left];
    }
  return best;
}
