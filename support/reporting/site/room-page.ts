/** One room: why it matters, its features with what they promise, and the documented flows that live in it. */
import type { FeatureRecord } from '../run-record.ts';
import { tallyOf, verdicts, type FlowTrace, type OutcomeTrace } from '../traceability.ts';
import { bar, text } from './html.ts';
import { inline, prose } from './markdown.ts';
import { featureFile, flowAnchor, linkTo } from './names.ts';

export interface Room {
  readonly name: string;
  /** Its README; undefined where the room is not built. */
  readonly readme: string | undefined;
  readonly features: readonly FeatureRecord[];
  readonly flows: readonly FlowTrace[];
}

const capitalised = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
export const titleOf = ({ readme, name }: Room) => /^#\s+(.*)/.exec(readme ?? '')?.[1] ?? capitalised(name);
/** The README without its title. */
export const storyOf = ({ readme }: Room) => (readme ?? '').replace(/^#.*\n/, '').trim();
export const scenariosOf = ({ features }: Pick<Room, 'features'>) => features.flatMap((feature) => feature.scenarios);
export const passedOf = (room: Pick<Room, 'features'>) => scenariosOf(room).filter(({ status }) => status === 'passed').length;

export const scenarioBar = (of: Pick<Room, 'features'>) => bar([{ kind: 'passed', count: passedOf(of) }, { kind: 'failed', count: scenariosOf(of).length - passedOf(of) }]);
export const verdictBar = (judged: readonly { verdict: FlowTrace['verdict'] }[]) => bar(verdicts.map((kind) => ({ kind, count: tallyOf(judged)[kind] })));

/** At most this many scenarios stand beside an outcome, those that did not pass first; the features have all. */
const SHOWN = 8;

/** The scenarios that show an outcome, or why it is open. */
export function shownBy({ scenarios, reason }: OutcomeTrace): string {
  if (scenarios.length === 0) return `<span class="quiet">${text(reason ?? 'nobody says why')}</span>`;
  const ordered = scenarios.toSorted((one, other) => Number(one.status === 'passed') - Number(other.status === 'passed'));
  const links = ordered.slice(0, SHOWN).map((scenario) => `<a class="dot ${scenario.status}" href="${linkTo(scenario)}">${text(scenario.name)}${scenario.example ? ` <small>${text(scenario.example.values)}</small>` : ''}</a>`);
  return [...links, ...(scenarios.length > SHOWN ? [`and ${scenarios.length - SHOWN} more`] : [])].join('<br>');
}

function featureCard(feature: FeatureRecord): string {
  const of = { features: [feature] };
  return `<a class="card" href="${featureFile(feature.uri)}"><h3>${text(feature.name)}</h3><p>${inline(feature.promise.split(/\n\s*\n/)[0] ?? '')}</p><footer>${scenarioBar(of)}<small>${passedOf(of)} of ${feature.scenarios.length} scenarios passed</small></footer></a>`;
}

function flowPart({ flow, outcomes, verdict, inRelease }: FlowTrace): string {
  const lines = (title: string, items: readonly string[]) => (items.length ? `<h4>${title}</h4><ul>${items.map((item) => `<li>${inline(item)}</li>`).join('')}</ul>` : '');
  const rows = outcomes.map((outcome, index) => `<tr><td>${index + 1}</td><td>${inline(outcome.text)}</td><td><span class="verdict ${outcome.verdict}">${outcome.verdict}</span></td><td>${shownBy(outcome)}</td></tr>`);
  return `<details class="flow" id="${flowAnchor(flow.id)}"><summary><span class="verdict ${verdict}">${verdict}</span> <span>${text(flow.title)} <small>${text(flow.id)}</small></span>${inRelease ? '<span class="tag">release</span>' : ''}</summary>
<p class="quiet">${text(flow.source)}</p>${lines('Steps', flow.steps)}${lines('Facts', flow.facts)}<table><tr><th></th><th>Outcome</th><th>Verdict</th><th>Shown by, or why it is open</th></tr>${rows.join('')}</table></details>`;
}

export function roomPage(room: Room): string {
  const features = room.features.length ? `<div class="cards">${room.features.map(featureCard).join('')}</div>` : '<p class="quiet">No feature of this room yet.</p>';
  return `<h1>${text(titleOf(room))}</h1><div class="lead">${prose(storyOf(room))}</div>${features}
<h2>Documented flows of this room</h2>${room.flows.length ? `<p>${verdictBar(room.flows)}</p>${room.flows.map(flowPart).join('\n')}` : '<p class="quiet">None.</p>'}`;
}
