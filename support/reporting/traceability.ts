/** Which scenario shows which acceptance outcome of which flow, over all flows, always. */
import type { Catalogue, Flow } from './catalogue.ts';
import type { ScenarioRecord } from './run-record.ts';

/** `unexplained` is open without a reason: nobody shows it, and nobody says why. */
export type Verdict = 'verified' | 'failing' | 'open' | 'unexplained';
export const verdicts: readonly Verdict[] = ['verified', 'failing', 'unexplained', 'open'];

export interface OutcomeTrace {
  /** `hq-hook-events/2`: flow and place in its list, from 1. */
  readonly id: string;
  readonly text: string;
  readonly verdict: Verdict;
  readonly scenarios: readonly ScenarioRecord[];
  /** Why it is open. */
  readonly reason: string | undefined;
}

export interface FlowTrace {
  readonly flow: Flow;
  readonly inRelease: boolean;
  readonly outcomes: readonly OutcomeTrace[];
  readonly verdict: Verdict;
}

export type Tally = Readonly<Record<Verdict, number>>;

const COVERS = '@covers:';
export const coversOf = (scenario: ScenarioRecord) => scenario.tags.filter((tag) => tag.startsWith(COVERS)).map((tag) => tag.slice(COVERS.length));

function reasonFor(catalogue: Catalogue, flow: Flow, outcome: number): string | undefined {
  const released = catalogue.release.scope.find((entry) => entry.flow === flow.id);
  if (released) return released.without[outcome];
  const { open } = catalogue;
  const entry = open.find((one) => one.outcome === `${flow.id}/${outcome}`) ?? open.find((one) => one.flow === flow.id) ?? open.find((one) => one.room === flow.room);
  return entry?.reason;
}

function verdictOf(scenarios: readonly ScenarioRecord[], reason: string | undefined): Verdict {
  if (scenarios.length === 0) return reason ? 'open' : 'unexplained';
  return scenarios.every((scenario) => scenario.status === 'passed') ? 'verified' : 'failing';
}

/** A flow is verified when it has outcomes and all of them are; else it is what its worst outcome is. */
function worst(outcomes: readonly OutcomeTrace[]): Verdict {
  if (outcomes.length === 0) return 'unexplained';
  return (['failing', 'unexplained', 'open'] as const).find((verdict) => outcomes.some((outcome) => outcome.verdict === verdict)) ?? 'verified';
}

export function traceAll(catalogue: Catalogue, scenarios: readonly ScenarioRecord[]): FlowTrace[] {
  const covered = scenarios.flatMap((scenario) => [...new Set(coversOf(scenario))].map((id) => ({ id, scenario })));
  const byOutcome = Map.groupBy(covered, ({ id }) => id);
  return catalogue.flows.map((flow) => {
    const outcomes = flow.acceptance.map((text, index): OutcomeTrace => {
      const id = `${flow.id}/${index + 1}`;
      const covering = (byOutcome.get(id) ?? []).map(({ scenario }) => scenario);
      const reason = reasonFor(catalogue, flow, index + 1);
      return { id, text, scenarios: covering, reason, verdict: verdictOf(covering, reason) };
    });
    return { flow, outcomes, inRelease: catalogue.release.scope.some((entry) => entry.flow === flow.id), verdict: worst(outcomes) };
  });
}

export function tallyOf(judged: readonly { readonly verdict: Verdict }[]): Tally {
  const tally = { verified: 0, failing: 0, unexplained: 0, open: 0 };
  for (const { verdict } of judged) tally[verdict] += 1;
  return tally;
}

/** Tags that point at nothing: typing errors that would otherwise look like coverage. */
export function danglingTags(catalogue: Catalogue, scenarios: readonly ScenarioRecord[]): string[] {
  const flows = new Map(catalogue.flows.map((flow) => [flow.id, flow.acceptance.length]));
  return scenarios.flatMap((scenario) =>
    scenario.tags.flatMap((tag) => {
      const [kind, id = ''] = tag.split(/:(.*)/s);
      if (kind === '@flow' && !flows.has(id)) return [`${scenario.id}: ${tag} names no flow of the catalogue`];
      if (kind !== '@covers') return [];
      return isOutcome(flows, id) ? [] : [`${scenario.id}: ${tag} names no acceptance outcome`];
    }),
  );
}

function isOutcome(flows: ReadonlyMap<string, number>, id: string): boolean {
  const [, flow = '', place = ''] = /^(.*)\/([1-9]\d*)$/.exec(id) ?? [];
  return Number(place) <= (flows.get(flow) ?? 0) && place !== '';
}

/** Entries of the release and of the open list that point at nothing, or excuse what is verified by now. */
export function staleReasons(catalogue: Catalogue, traces: readonly FlowTrace[]): string[] {
  const flows = new Map(traces.map((trace) => [trace.flow.id, trace]));
  const stale = (what: string, outcomes: readonly OutcomeTrace[] | undefined) => {
    if (!outcomes?.length) return [`${what} names nothing in the catalogue`];
    return outcomes.every((outcome) => outcome.verdict === 'verified') ? [`${what} excuses what is verified; strike it off`] : [];
  };
  const released = catalogue.release.scope.flatMap(({ flow, without }) => [
    ...(flows.has(flow) ? [] : [`release.yaml: ${flow} names nothing in the catalogue`]),
    ...Object.keys(without).flatMap((place) => stale(`release.yaml: ${flow} without ${place}`, flows.get(flow)?.outcomes.filter(({ id }) => id === `${flow}/${place}`))),
  ]);
  const opened = catalogue.open.flatMap(({ outcome, flow, room }) => {
    const excused = traces.filter((trace) => (room ? trace.flow.room === room : flow ? trace.flow.id === flow : true)).flatMap((trace) => trace.outcomes);
    return stale(`open.yaml: ${outcome ?? flow ?? room ?? 'an entry without a subject'}`, outcome ? excused.filter(({ id }) => id === outcome) : flow || room ? excused : undefined);
  });
  return [...released, ...opened];
}
