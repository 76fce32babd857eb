/** One feature: its promise, its diagram as it was drawn, its rules, and its scenarios as they ran. */
import { parse, renderSvg } from '../../diagrams/index.ts';
import type { AttachmentRecord, FeatureRecord, ScenarioRecord, StepRecord } from '../run-record.ts';
import { coversOf } from '../traceability.ts';
import { text } from './html.ts';
import { inline, prose } from './markdown.ts';
import { anchorOf, linkToFlow, roomFile } from './names.ts';

/** What the page must know of the world around the feature. */
export interface FeatureSurroundings {
  /** The room of a flow, by the flow's id. */
  readonly roomOfFlow: ReadonlyMap<string, string>;
  /** Keeps a picture beside the pages and says where. */
  readonly keepPicture: (attachment: AttachmentRecord) => string;
}

/** Longer texts are cut: whoever needs all of it finds it in the message stream. */
const SHOWN_CHARACTERS = 20_000;

export const isLeftToMermaid = (diagram: string) => drawn(diagram).startsWith('<pre');

/** Sequence diagrams are drawn here; whatever else Mermaid knows is left to it. */
function drawn(diagram: string): string {
  try {
    return renderSvg(parse(diagram));
  } catch {
    return `<pre class="mermaid">${text(diagram)}</pre>`;
  }
}

const figure = (caption: string, diagram: string) => `<figure><figcaption>${text(caption)}</figcaption>${drawn(diagram)}</figure>`;

function step({ keyword, text: words, status, error, table, docString }: StepRecord): string {
  const rows = table?.map((row, index) => `<tr>${row.map((cell) => (index ? `<td>${text(cell)}</td>` : `<th>${text(cell)}</th>`)).join('')}</tr>`).join('');
  return [
    `<li${status === 'passed' ? '' : ` class="${status}"`}><b>${text(keyword)}</b> <span>${text(words)}${status === 'passed' ? '' : ` <small>${status}</small>`}`,
    rows ? `<table>${rows}</table>` : '',
    docString ? `<pre>${text(docString)}</pre>` : '',
    error ? `<pre class="error">${text(error.slice(0, SHOWN_CHARACTERS))}</pre>` : '',
    '</span></li>',
  ].join('');
}

function attachment(record: AttachmentRecord, { keepPicture }: FeatureSurroundings): string {
  const { mediaType, name, body, encoding } = record;
  if (mediaType === 'text/vnd.mermaid') return figure(name ?? 'Observed in this scenario', body);
  if (mediaType.startsWith('image/')) return `<figure><figcaption>${text(name ?? 'Picture')}</figcaption><img src="${text(keepPicture(record))}" alt="${text(name ?? '')}"></figure>`;
  const content = encoding === 'BASE64' ? Buffer.from(body, 'base64').toString() : body;
  return `<figure><figcaption>${text(name ?? mediaType)}</figcaption><pre>${text(content.slice(0, SHOWN_CHARACTERS))}</pre></figure>`;
}

function covered(scenario: ScenarioRecord, { roomOfFlow }: FeatureSurroundings): string {
  return coversOf(scenario)
    .map((outcome) => {
      const id = outcome.replace(/\/\d+$/, '');
      const room = roomOfFlow.get(id);
      return room ? `<a class="tag" href="${linkToFlow({ id, room })}">${text(outcome)}</a>` : `<span class="tag bad">${text(outcome)}</span>`;
    })
    .join('');
}

function scenario(record: ScenarioRecord, around: FeatureSurroundings): string {
  const { name, example, status, attempts, steps, attachments } = record;
  const values = example ? ` <small>${text(example.values)}</small>` : '';
  const retried = attempts > 1 ? `<span class="tag bad">${attempts} attempts</span>` : '';
  return `<details class="scenario ${status}" id="${anchorOf(record)}"${status === 'passed' ? '' : ' open'}><summary><span>${text(name)}${values}</span>${retried}${covered(record, around)}</summary><ol>${steps.map(step).join('')}</ol>${attachments.map((one) => attachment(one, around)).join('')}</details>`;
}

export function featurePage(record: FeatureRecord, around: FeatureSurroundings): string {
  const rules = Map.groupBy(record.scenarios, (one) => one.rule ?? '');
  const parts = [...rules].map(([rule, scenarios]) => `${rule ? `<h2 class="rule">${inline(rule)}</h2>` : ''}${scenarios.map((one) => scenario(one, around)).join('\n')}`);
  return `<p class="crumbs"><a href="${roomFile(record.room)}">${text(record.room)}</a> · <code>${text(record.uri)}</code></p>
<h1>${text(record.name)}</h1><div class="lead">${prose(record.promise)}</div>
${record.diagrams.map((diagram) => figure('As specified', diagram)).join('')}
${parts.join('\n') || '<p class="quiet">No scenario of this feature ran.</p>'}`;
}
