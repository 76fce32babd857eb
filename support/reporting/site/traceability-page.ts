/** All documented flows with each of their outcomes; a small script in the page narrows it down. */
import { tallyOf, verdicts, type FlowTrace } from '../traceability.ts';
import { text } from './html.ts';
import { inline } from './markdown.ts';
import { linkToFlow } from './names.ts';
import { shownBy, verdictBar } from './room-page.ts';

function group({ flow, outcomes, inRelease }: FlowTrace): string {
  const rows = outcomes.map((outcome, index) => `<tr data-verdict="${outcome.verdict}"><td>${index + 1}</td><td>${inline(outcome.text)}</td><td><span class="verdict ${outcome.verdict}">${outcome.verdict}</span></td><td>${shownBy(outcome)}</td></tr>`);
  return `<tbody data-room="${text(flow.room)}"${inRelease ? ' data-release' : ''}><tr class="flow"><th colspan="4"><a href="${linkToFlow(flow)}">${text(flow.title)}</a> <small>${text(flow.id)} · ${text(flow.room)}</small>${inRelease ? '<span class="tag">release</span>' : ''}</th></tr>${rows.join('')}</tbody>`;
}

export function traceabilityPage(traces: readonly FlowTrace[]): string {
  const outcomes = traces.flatMap((trace) => trace.outcomes);
  const tally = tallyOf(outcomes);
  const rooms = [...new Set(traces.map((trace) => trace.flow.room))].sort();
  const chips = verdicts.filter((verdict) => tally[verdict]).map((verdict) => `<label><input type="checkbox" name="verdict" value="${verdict}" checked> <span class="verdict ${verdict}">${verdict}</span> ${tally[verdict]}</label>`);
  return `<h1>Traceability</h1><p class="lead">Every documented flow, each of its acceptance outcomes, and the scenarios that show it. What is open says why.</p>
<p>${verdictBar(outcomes)}</p>
<form id="filter"><input type="search" name="words" placeholder="Search flows, outcomes, scenarios and reasons" aria-label="Search"><select name="room" aria-label="Room"><option value="">all rooms</option>${rooms.map((room) => `<option>${text(room)}</option>`).join('')}</select>${chips.join('')}<label><input type="checkbox" name="release"> this release only</label><output></output></form>
<table class="wide" id="traces"><thead><tr><th></th><th>Outcome</th><th>Verdict</th><th>Shown by, or why it is open</th></tr></thead>${traces.map(group).join('\n')}</table>`;
}
