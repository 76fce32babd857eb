/**
 * The living documentation: what the platform promises, what was verified, and what was really observed. Plain files
 * that open from file://, without a server or a network.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parse, renderSvg } from '../diagrams/index.ts';
import type { Catalogue } from './catalogue.ts';
import type { Decision } from './gate.ts';
import { css, page, prose, text, type Page } from './html.ts';
import type { FeatureRecord, RunRecord, ScenarioRecord, StepRecord } from './run-record.ts';
import { traceAll, type FlowTrace } from './traceability.ts';

export interface SiteInput {
  readonly run: RunRecord;
  readonly catalogue: Catalogue;
  readonly decision: Decision;
  readonly coverage: number | undefined;
  /** Folder with the features and the rooms' READMEs. */
  readonly features: string;
  readonly into: string;
}

const passed = (scenarios: readonly ScenarioRecord[]) => scenarios.filter((scenario) => scenario.status === 'passed').length;
const shortTime = (milliseconds: number) => (milliseconds < 1_000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1_000).toFixed(1)} s`);

function drawn(diagram: string): string {
  if (!diagram.trimStart().startsWith('sequenceDiagram')) return `<pre class="mermaid">${text(diagram)}</pre>`;
  try {
    return renderSvg(parse(diagram));
  } catch {
    return `<pre class="mermaid">${text(diagram)}</pre>`;
  }
}

const figure = (caption: string, diagram: string) => `<figure><figcaption>${text(caption)}</figcaption>${drawn(diagram)}</figure>`;

function step({ keyword, text: words, status, milliseconds, error, table, docString }: StepRecord): string {
  const rows = table?.map((row, index) => `<tr>${row.map((cell) => (index ? `<td>${text(cell)}</td>` : `<th>${text(cell)}</th>`)).join('')}</tr>`).join('');
  return `<div class="step"><span class="keyword">${text(keyword)}</span><span class="${status === 'passed' ? '' : status}">${text(words)}
    ${rows ? `<table>${rows}</table>` : ''}${docString ? `<pre>${text(docString)}</pre>` : ''}${error ? `<pre class="failed">${text(error)}</pre>` : ''}</span><time>${shortTime(milliseconds)}</time></div>`;
}

function scenario(record: ScenarioRecord): string {
  const observed = record.attachments.filter((attachment) => attachment.mediaType === 'text/vnd.mermaid');
  const covers = record.tags.filter((tag) => tag.startsWith('@covers:')).map((tag) => `<span class="tag">${text(tag.slice(8))}</span>`);
  const retried = record.attempts > 1 ? `<span class="tag failed">${record.attempts} attempts</span>` : '';
  return `<details${record.status === 'passed' ? '' : ' open'}><summary><span class="${record.status}">${record.status === 'passed' ? '✓' : '✗ ' + record.status}</span> ${text(record.name)} ${covers.join('')}${retried}</summary>
    <div>${record.steps.map(step).join('')}${observed.map((attachment) => figure(attachment.name ?? 'Observed in this scenario', attachment.text)).join('')}</div></details>`;
}

function feature(record: FeatureRecord): string {
  const rules = Map.groupBy(record.scenarios, (one) => one.rule ?? '');
  const parts = [...rules].map(([rule, scenarios]) => `${rule ? `<h3>${text(rule)}</h3>` : ''}${scenarios.map(scenario).join('\n')}`);
  const diagrams = record.diagrams.map((diagram) => figure('Specified', diagram));
  return `<section id="${text(record.uri)}"><h2>${text(record.name)}</h2>${prose(record.promise)}
    ${diagrams.length ? `<details><summary>Diagram</summary><div class="diagrams">${diagrams.join('')}</div></details>` : ''}${parts.join('\n')}</section>`;
}

const roomFile = (room: string) => `room-${room}.html`;

function roomPage(room: string, features: readonly FeatureRecord[], folder: string): string {
  const readme = join(folder, room, 'README.md');
  const [title, ...rest] = (existsSync(readme) ? readFileSync(readme, 'utf8') : `# ${room}`).split('\n');
  return `<h1>${text(title!.replace(/^#\s*/, ''))}</h1>${prose(rest.join('\n'))}${features.map(feature).join('\n')}`;
}

function gatePart({ release, rules }: Decision): string {
  const rows = rules.map(({ name, objections }) => `<tr><td class="${objections.length ? 'failed' : 'passed'}">${objections.length ? 'no' : 'yes'}</td><td>${text(name)}</td><td>${objections.slice(0, 8).map(text).join('<br>')}${objections.length > 8 ? `<br>and ${objections.length - 8} more` : ''}</td></tr>`);
  return `<h2>Release gate: <span class="${release ? 'passed' : 'failed'}">${release ? 'yes' : 'no'}</span></h2><table>${rows.join('')}</table>`;
}

function frontPage({ run, decision, coverage }: SiteInput, traces: readonly FlowTrace[]): string {
  const outcomes = traces.flatMap((trace) => trace.outcomes);
  const verified = outcomes.filter((outcome) => outcome.verdict === 'verified').length;
  const number = (value: string, label: string) => `<div><b>${value}</b>${label}</div>`;
  return `<h1>What the platform promises, and what was seen</h1>
    <p>Every page shows a room of the platform: its features with the promise they make, the rules, and the scenarios as they ran${run.startedAt ? ` on ${run.startedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC` : ''}.</p>
    <div class="numbers">${number(`${passed(run.scenarios)} / ${run.scenarios.length}`, 'scenarios passed')}${number(`${traces.filter((trace) => trace.verdict === 'verified').length} / ${traces.length}`, 'flows verified')}
    ${number(`${verified} / ${outcomes.length}`, 'outcomes verified')}${number(coverage === undefined ? '–' : `${coverage} %`, "of the engine's lines")}${number(`${Math.round(run.seconds)} s`, 'run time')}</div>${gatePart(decision)}`;
}

function traceabilityPage(traces: readonly FlowTrace[]): string {
  const link = (record: ScenarioRecord) => `<a class="${record.status}" href="${roomFile(/features\/([^/]+)\//.exec(record.id)?.[1] ?? '')}">${text(record.name)}</a>`;
  const rows = traces.flatMap(({ flow, outcomes, inRelease }) =>
    outcomes.map((outcome, index) => `<tr>${index ? '' : `<td rowspan="${outcomes.length}"><b>${text(flow.id)}</b>${inRelease ? '<span class="tag">release</span>' : ''}<br>${text(flow.title)}</td>`}
      <td>${index + 1}</td><td>${text(outcome.text)}</td><td class="${outcome.verdict}">${outcome.verdict}</td><td>${outcome.scenarios.map(link).join('<br>') || text(outcome.reason ?? '')}</td></tr>`),
  );
  return `<h1>Traceability</h1><p>Every documented flow, each of its acceptance outcomes, and the scenarios that show it. What is open says why.</p>
    <table><tr><th>Flow</th><th></th><th>Outcome</th><th>Verdict</th><th>Shown by, or reason</th></tr>${rows.join('\n')}</table>`;
}

export function writeSite(input: SiteInput): string {
  const { run, catalogue, into, features } = input;
  mkdirSync(into, { recursive: true });
  const traces = traceAll(catalogue, run.scenarios);
  const rooms = [...Map.groupBy(run.features, (one) => one.room)].toSorted(([one], [other]) => one.localeCompare(other));
  const navigation = [
    ...rooms.map(([room, of]) => {
      const all = of.flatMap((one) => one.scenarios);
      return { file: roomFile(room), label: room, mark: `${passed(all)}/${all.length}` };
    }),
    { file: 'traceability.html', label: 'traceability', mark: String(traces.length) },
  ];
  const write = (file: string, title: string, body: string) => writeFileSync(join(into, file), page({ file, title, body, navigation } satisfies Page));
  write('index.html', 'Overview', frontPage(input, traces));
  write('traceability.html', 'Traceability', traceabilityPage(traces));
  for (const [room, of] of rooms) write(roomFile(room), room, roomPage(room, of, features));
  writeFileSync(join(into, 'site.css'), css);
  copyFileSync(join(dirname(createRequire(import.meta.url).resolve('mermaid/package.json')), 'dist', 'mermaid.min.js'), join(into, 'mermaid.min.js'));
  return join(into, 'index.html');
}
