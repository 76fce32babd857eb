/** Which scenario shows which acceptance outcome of which flow, over all flows, always. */
import type { Catalogue, Flow } from './catalogue.ts';
import type { ScenarioRecord } from './run-record.ts';

export type Verdict = 'verified' | 'failing' | 'open' | 'unexplained';

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

/** A flow is verified when all its outcomes are; else what its worst outcome is. */
const worst = (outcomes: readonly OutcomeTrace[]): Verdict =>
  (['failing', 'unexplained', 'open'] as const).find((verdict) => outcomes.some((outcome) => outcome.verdict === verdict)) ?? 'verified';

export function traceAll(catalogue: Catalogue, scenarios: readonly ScenarioRecord[]): FlowTrace[] {
  const byOutcome = new Map<string, ScenarioRecord[]>();
  for (const scenario of scenarios) for (const id of coversOf(scenario)) byOutcome.set(id, [...(byOutcome.get(id) ?? []), scenario]);
  return catalogue.flows.map((flow) => {
    const outcomes = flow.acceptance.map((text, index): OutcomeTrace => {
      const id = `${flow.id}/${index + 1}`;
      const covering = byOutcome.get(id) ?? [];
      const reason = reasonFor(catalogue, flow, index + 1);
      return { id, text, scenarios: covering, reason, verdict: verdictOf(covering, reason) };
    });
    return { flow, outcomes, inRelease: catalogue.release.scope.some((entry) => entry.flow === flow.id), verdict: worst(outcomes) };
  });
}

/** Tags that point at nothing: typing errors that would otherwise look like coverage. */
export function danglingTags(catalogue: Catalogue, scenarios: readonly ScenarioRecord[]): string[] {
  const flows = new Map(catalogue.flows.map((flow) => [flow.id, flow.acceptance.length]));
  return scenarios.flatMap((scenario) =>
    scenario.tags.flatMap((tag) => {
      const [kind, id = ''] = tag.split(/:(.*)/s);
      if (kind === '@flow' && !flows.has(id)) return [`${scenario.id}: ${tag} names no flow of the catalogue`];
      if (kind !== '@covers') return [];
      const [flow, outcome] = [id.slice(0, id.lastIndexOf('/')), Number(id.slice(id.lastIndexOf('/') + 1))];
      const known = outcome >= 1 && outcome <= (flows.get(flow) ?? 0);
      return known ? [] : [`${scenario.id}: ${tag} names no acceptance outcome`];
    }),
  );
}
