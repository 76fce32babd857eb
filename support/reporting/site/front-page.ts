/** The first page: may the release go out, how much is shown, and where to read on. */
import { told, type Decision } from '../gate.ts';
import type { RunRecord } from '../run-record.ts';
import { bar, text } from './html.ts';
import { inline } from './markdown.ts';
import { linkTo, roomFile } from './names.ts';
import { passedOf, scenarioBar, scenariosOf, storyOf, titleOf, verdictBar, type Room } from './room-page.ts';
import type { FlowTrace } from '../traceability.ts';

export interface Overview {
  readonly run: RunRecord;
  readonly decision: Decision;
  readonly coverage: number | undefined;
  readonly release: string;
  readonly coverageAsked: number;
  readonly traces: readonly FlowTrace[];
  readonly rooms: readonly Room[];
}

/** At most this many objections of one rule; `gate.json` has all. */
const SHOWN = 8;

function verdict({ decision, release }: Overview): string {
  const objections = decision.rules.reduce((sum, rule) => sum + rule.objections.length, 0);
  const [kind, headline] = decision.release ? ['verified', 'may go out'] : ['failing', 'must not go out'];
  const reason = decision.release ? 'Every rule of the gate is content.' : `${objections} objection${objections === 1 ? '' : 's'}, named below.`;
  return `<section class="banner ${kind}"><p>Release gate</p><h2>“${text(release)}” ${headline}</h2><p>${reason}</p></section>`;
}

function numbers({ decision, traces, coverage, coverageAsked }: Overview): string {
  const { scenarios, flows, outcomes } = decision;
  const tile = (value: string, label: string, picture: string) => `<div class="tile"><b>${value}</b><span>${label}</span>${picture}</div>`;
  const all = traces.length;
  const allOutcomes = traces.reduce((sum, trace) => sum + trace.outcomes.length, 0);
  return `<div class="tiles">${[
    tile(`${scenarios.passed}<small> of ${scenarios.passed + scenarios.failed}</small>`, 'scenarios passed', bar([{ kind: 'passed', count: scenarios.passed }, { kind: 'failed', count: scenarios.failed }])),
    tile(`${flows.verified}<small> of ${all}</small>`, 'documented flows verified', verdictBar(traces)),
    tile(`${outcomes.verified}<small> of ${allOutcomes}</small>`, 'outcomes verified', verdictBar(traces.flatMap((trace) => trace.outcomes))),
    tile(coverage === undefined ? '–' : `${coverage}<small> %</small>`, `of the engine's lines run by features; asked: ${coverageAsked} %`, bar(coverage === undefined ? [] : [{ kind: coverage < coverageAsked ? 'failed' : 'passed', count: coverage }, { kind: 'open', count: 100 - coverage }])),
  ].join('')}</div>`;
}

function failures({ run }: Overview): string {
  const failed = run.scenarios.filter(({ status }) => status !== 'passed');
  if (failed.length === 0 && run.problems.length === 0) return '';
  const items = failed.map((scenario) => `<li><a class="dot ${scenario.status}" href="${linkTo(scenario)}">${text(scenario.name)}</a> <small>${text(scenario.uri)}</small><br><span class="quiet">${text(told(scenario))}</span></li>`);
  return `<h2>Not passed</h2><ul class="plain">${run.problems.map((problem) => `<li class="bad">${text(problem)}</li>`).join('')}${items.join('')}</ul>`;
}

function card(room: Room): string {
  const isBuilt = room.features.length > 0;
  const opening = isBuilt ? inline((storyOf(room).split(/\n\s*\n/)[0] ?? '').replace(/\s+/g, ' ')) : '';
  const verified = room.flows.filter((trace) => trace.verdict === 'verified').length;
  const scenarios = isBuilt ? `${scenarioBar(room)}<small>${passedOf(room)} of ${scenariosOf(room).length} scenarios passed</small>` : '';
  return `<a class="card${isBuilt ? '' : ' unbuilt'}" href="${roomFile(room.name)}"><h3>${text(titleOf(room))}</h3><p>${opening}</p><footer>${scenarios}${verdictBar(room.flows)}<small>${verified} of ${room.flows.length} flows verified</small></footer></a>`;
}

function rules({ decision }: Overview): string {
  const rows = decision.rules.map(({ name, objections }) => {
    const more = objections.length > SHOWN ? [`and ${objections.length - SHOWN} more`] : [];
    return `<tr><td><span class="verdict ${objections.length ? 'failing' : 'verified'}">${objections.length ? 'no' : 'yes'}</span></td><td>${text(name)}${[...objections.slice(0, SHOWN), ...more].map((objection) => `<p class="quiet">${text(objection)}</p>`).join('')}</td></tr>`;
  });
  return `<h2>What the gate asks</h2><table class="wide">${rows.join('')}</table>`;
}

export function frontPage(overview: Overview): string {
  const [built, unbuilt] = [overview.rooms.filter((room) => room.features.length), overview.rooms.filter((room) => !room.features.length)];
  return `<h1>What the platform promises, and what was seen</h1>
<p class="lead">Each room of the platform says what it promises and why; its scenarios ran against real engine processes on real stores, and this is what happened.</p>
${verdict(overview)}${numbers(overview)}${failures(overview)}
<h2>Rooms</h2><div class="cards">${built.map(card).join('')}</div>
${unbuilt.length ? `<h3>Without features so far</h3><div class="cards small">${unbuilt.map(card).join('')}</div>` : ''}
${rules(overview)}<section id="timing"></section>`;
}
