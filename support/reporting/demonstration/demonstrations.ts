/** What the gate must say to which evidence. Each demonstration changes one thing in a kitchen where all is well. */
import { kitchenCatalogue, type KitchenCatalogue } from './kitchen/catalogue.ts';

/** What cucumber-js is asked to run. */
export interface KitchenRun {
  /** Features beside the clean one. */
  readonly also?: string;
  readonly given?: readonly string[];
}

export interface Demonstration {
  readonly shows: string;
  readonly run: KitchenRun;
  readonly catalogue?: Partial<KitchenCatalogue>;
  /** Percent of the lines; 90 where nothing is said, `undefined` where it was not measured. */
  readonly coverage?: { readonly lines: number | undefined };
  /** What the stream of messages loses before the gate reads it. */
  readonly torn?: true;
  /** Every rule that must object, and what it must say; no other rule may. Empty: the gate says yes. */
  readonly objections: Readonly<Record<string, RegExp>>;
}

const clean: KitchenRun = {};
const failing: KitchenRun = { also: 'failing' };
const { release, open } = kitchenCatalogue;
const [bakeAPie, washUp] = kitchenCatalogue.flows as readonly [object, object];
const forgotten = 'features/kitchen/failing.feature > Nobody took it out';
const golden = 'features/kitchen/clean.feature > A pie comes out golden';

const ran = 'scenarios ran, all of them, to the end of the run';
const fails = 'no scenario fails';
const undefinedOrPending = 'no step is undefined or pending';
const retry = 'nothing passed only on a retry';
const staleKnown = 'no known failure is stale';
const inRelease = "every outcome of the release's flows is verified";
const elsewhere = 'every other outcome is verified or open with a reason';
const staleReason = 'no reason for what is open is stale';
const promise = 'every feature opens with its promise and the reason for it';
const tags = 'every scenario has a name of its own and a flow, and tags point at something';
const enough = 'the features run enough of the engine';

export const demonstrations: readonly Demonstration[] = [
  { shows: 'all is well', run: clean, objections: {} },
  { shows: 'a failing scenario', run: failing, objections: { [fails]: /Nobody took it out is failed: Then it is burnt to a cinder: .*expected 'golden' to equal 'burnt'/ } },
  { shows: 'a hook that fails before steps that would pass', run: { also: 'failing-hook' }, objections: { [fails]: /the oven is checked before is failed: Before .*the oven is cold/ } },
  { shows: 'an undefined step', run: { also: 'undefined-step' }, objections: { [undefinedOrPending]: /is undefined: Then it sings$/ } },
  { shows: 'a pending step', run: { also: 'pending-step' }, objections: { [undefinedOrPending]: /is pending: Then somebody will say how it tastes$/ } },
  { shows: 'a pass on retry', run: { also: 'retried', given: ['--retry', '1'] }, objections: { [retry]: /Golden only when baked again needed 2 attempts$/ } },
  { shows: 'a known failure that fails', run: failing, catalogue: { knownFailures: [{ scenario: forgotten, reason: 'Nobody has a clock.' }] }, objections: {} },
  { shows: 'a stale known failure', run: clean, catalogue: { knownFailures: [{ scenario: golden, reason: 'The oven was cold.' }] }, objections: { [staleKnown]: /comes out golden is listed as a known failure and passes; strike it off$/ } },
  { shows: 'a known failure that does not exist', run: clean, catalogue: { knownFailures: [{ scenario: forgotten, reason: 'Nobody has a clock.' }] }, objections: { [staleKnown]: /does not exist$/ } },
  { shows: 'an open outcome of a named flow', run: clean, catalogue: { flows: [{ ...bakeAPie, acceptance: ['Golden.', 'Cut.', 'Still warm when served.'] }, washUp] }, objections: { [inRelease]: /^bake-a-pie\/3 is open: Still warm when served\.$/ } },
  { shows: 'an open outcome of another flow, without a reason', run: clean, catalogue: { open: [] }, objections: { [elsewhere]: /^wash-up\/1 is open and nobody says why$/ } },
  { shows: 'a reason for what is verified by now', run: clean, catalogue: { release: { ...release, scope: [{ flow: 'bake-a-pie', without: { 2: 'There are no knives.' } }] } }, objections: { [staleReason]: /^release\.yaml: bake-a-pie without 2 excuses what is verified; strike it off$/ } },
  { shows: 'a release that names a flow which does not exist', run: clean, catalogue: { release: { ...release, scope: [...release.scope, { flow: 'fry-a-pie' }] } }, objections: { [staleReason]: /^release\.yaml: fry-a-pie names nothing/ } },
  { shows: 'an excuse for a room which does not exist', run: clean, catalogue: { open: [...open, { room: 'cellar', reason: 'There is no cellar.' }] }, objections: { [staleReason]: /^open\.yaml: cellar names nothing/ } },
  { shows: 'a feature without a promise', run: { also: 'no-promise' }, objections: { [promise]: /no-promise\.feature says too little/ } },
  { shows: 'a tag that points at nothing', run: { also: 'dangling-tag' }, objections: { [tags]: /@covers:bake-a-pie\/7 names no acceptance outcome$/ } },
  { shows: 'a scenario of no flow', run: { also: 'no-flow' }, objections: { [tags]: /It belongs to nothing carries no @flow tag$/ } },
  { shows: 'two scenarios of one name', run: { also: 'same-name' }, objections: { [tags]: /same-name\.feature > A pie is the name of more than one scenario$/ } },
  { shows: 'coverage too low', run: clean, coverage: { lines: 79.9 }, objections: { [enough]: /^79\.9 % of the engine's lines; the release asks for 80 %$/ } },
  { shows: 'coverage of another run', run: clean, coverage: { lines: undefined }, objections: { [enough]: /not measured in this run/ } },
  { shows: 'a part of the scenarios', run: { given: ['--name', 'golden|small'] }, objections: { [ran]: /^1 scenario\(s\) were left out of the run$/ } },
  { shows: 'nothing ran', run: { given: ['--name', 'no pie of this name'] }, objections: { [ran]: /^no scenario ran/, [inRelease]: /is open/ } },
  { shows: 'a run that was broken off', run: clean, torn: true, objections: { [ran]: /^the run did not come to its end$/ } },
];
