/**
 * Draws a sequence diagram as SVG that stands alone: no script, no font, no network. Lines and text take the colour
 * of the page around it (`currentColor`), so light and dark need no second picture. `--diagram-paper` is the colour
 * behind texts that cross a line; the page's own background where it is not set.
 */
import { headHeight, isReply, layOut, measures, wrapped, type Shape } from './layout.ts';
import type { Diagram } from './model.ts';

export interface RenderOptions {
  /** Read aloud in place of the picture. */
  readonly title?: string;
  /** Lines of the diagram whose messages are drawn as the place of a drift. */
  readonly marked?: readonly number[];
}

const escaped = (text: string) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
const rounded = (value: number) => Math.round(value * 10) / 10;

interface TextAt {
  readonly x: number;
  readonly y: number;
  readonly anchor?: 'start' | 'middle';
  readonly style?: string;
}

/** Lines of text, of which the last stands at `y`. */
function textAt(lines: readonly string[], { x, y, anchor = 'middle', style = '' }: TextAt): string {
  const top = y - (lines.length - 1) * measures.line;
  const spans = lines.map((text, index) => `<tspan x="${rounded(x)}" y="${rounded(top + index * measures.line)}">${escaped(text)}</tspan>`);
  return `<text text-anchor="${anchor}"${style && ` class="${style}"`}>${spans.join('')}</text>`;
}

type Of<Kind extends Shape['kind']> = Extract<Shape, { kind: Kind }>;

function drawParticipant({ x, y, width, participant }: Of<'participant'>, height: number): string {
  const lines = wrapped(participant.label);
  const bottom = y + height / 2 + ((lines.length - 1) * measures.line) / 2 + 4.5;
  const corner = participant.type === 'actor' ? height / 2 : 5;
  return `<rect class="head" x="${rounded(x)}" y="${y}" width="${rounded(width)}" height="${height}" rx="${corner}"/>${textAt(lines, { x: x + width / 2, y: bottom, style: 'name' })}`;
}

/** The head of an arrow that comes from the left (1) or the right (-1). */
function arrowHead(arrow: Of<'message'>['arrow'], x: number, y: number, direction: 1 | -1): string {
  const back = rounded(x - 8 * direction);
  if (arrow.endsWith('>>')) return `<path class="solid" d="M${rounded(x)} ${y}L${back} ${y - 4.5}L${back} ${y + 4.5}Z"/>`;
  if (arrow.endsWith(')')) return `<path class="line" d="M${back} ${y - 5}L${rounded(x)} ${y}L${back} ${y + 5}"/>`;
  if (arrow.endsWith('x')) return `<path class="line" d="M${rounded(x - 6)} ${y - 5}L${rounded(x + 4)} ${y + 5}M${rounded(x - 6)} ${y + 5}L${rounded(x + 4)} ${y - 5}"/>`;
  return '';
}

function drawMessage({ from, to, y, arrow, lines, source }: Of<'message'>, { marked = [] }: RenderOptions, number: number | undefined): string {
  const dashed = isReply(arrow) ? ' dashed' : '';
  const said = number === undefined ? lines : [`${number}. ${lines[0]}`, ...lines.slice(1)];
  const isMarked = source.line > 0 && marked.includes(source.line);
  const direction = to >= from ? 1 : -1;
  const right = from + measures.selfWidth;
  const parts =
    from === to
      ? [`<path class="line${dashed}" d="M${rounded(from)} ${y - 4}H${rounded(right)}V${y + 10}H${rounded(from)}"/>`, arrowHead(arrow, from, y + 10, -1), textAt(said, { x: right + 6, y: y + 6, anchor: 'start', style: 'said' })]
      : [`<path class="line${dashed}" d="M${rounded(from)} ${y}H${rounded(to - direction)}"/>`, arrowHead(arrow, to, y, direction), textAt(said, { x: (from + to) / 2, y: y - 6, style: 'said' })];
  return `<g${isMarked ? ' class="drift"' : ''}>${parts.join('')}</g>`;
}

function drawFrame({ x, y, width, bottom, type, label }: Of<'frame'>): string {
  if (type === 'rect') return `<rect class="band" x="${rounded(x)}" y="${y}" width="${rounded(width)}" height="${rounded(bottom - y)}" rx="4"/>`;
  const tab = type.length * measures.character + 20;
  return [
    `<rect class="frame" x="${rounded(x)}" y="${y}" width="${rounded(width)}" height="${rounded(bottom - y)}" rx="4"/>`,
    `<path class="tab" d="M${rounded(x)} ${y}h${rounded(tab)}v12l-8 8H${rounded(x)}Z"/>`,
    textAt([type], { x: x + 8, y: y + 14, anchor: 'start', style: 'word' }),
    label && textAt([`[${label}]`], { x: x + tab + 8, y: y + 14, anchor: 'start', style: 'label' }),
  ].join('');
}

const drawSeparator = ({ x, y, width, label }: Of<'separator'>) =>
  `<path class="line dashed faint" d="M${rounded(x)} ${y}h${rounded(width)}"/>${textAt([`[${label}]`], { x: x + 10, y: y + 15, anchor: 'start', style: 'label' })}`;

function drawNote({ x, y, width, height, lines }: Of<'note'>): string {
  const bottom = y + height - 9;
  return `<path class="note" d="M${rounded(x)} ${y}h${rounded(width - 8)}l8 8v${rounded(height - 8)}h${rounded(-width)}Z"/>${textAt(lines, { x: x + width / 2, y: bottom, style: 'said' })}`;
}

const css = `
.hive-sequence{font:12.5px system-ui,sans-serif;max-width:100%;height:auto}
.hive-sequence text{fill:currentColor}
.hive-sequence .said,.hive-sequence .label{paint-order:stroke;stroke:var(--diagram-paper,Canvas);stroke-width:4px;stroke-linejoin:round}
.hive-sequence .name{font-weight:600}.hive-sequence .word{font-weight:600;font-size:11px}.hive-sequence .label{font-size:11.5px;font-style:italic}
.hive-sequence .head{fill:color-mix(in srgb,currentColor 7%,var(--diagram-paper,Canvas));stroke:currentColor;stroke-opacity:.55}
.hive-sequence .lifeline{stroke:currentColor;stroke-opacity:.35;stroke-dasharray:3 4}
.hive-sequence .active{fill:color-mix(in srgb,currentColor 16%,var(--diagram-paper,Canvas));stroke:currentColor;stroke-opacity:.5}
.hive-sequence .line{fill:none;stroke:currentColor;stroke-width:1.3}.hive-sequence .dashed{stroke-dasharray:5 4}.hive-sequence .faint{stroke-opacity:.4}
.hive-sequence .solid{fill:currentColor}
.hive-sequence .frame{fill:currentColor;fill-opacity:.03;stroke:currentColor;stroke-opacity:.4}
.hive-sequence .tab{fill:color-mix(in srgb,currentColor 12%,var(--diagram-paper,Canvas));stroke:currentColor;stroke-opacity:.4}
.hive-sequence .band{fill:currentColor;fill-opacity:.06}
.hive-sequence .note{fill:color-mix(in srgb,#e8b931 22%,var(--diagram-paper,Canvas));stroke:currentColor;stroke-opacity:.35}
.hive-sequence .drift{color:#d1373b}
`;

/** The diagram as one `<svg>` element, to stand in a page or in a file of its own. */
export function renderSvg(diagram: Diagram, options: RenderOptions = {}): string {
  const { width, height, shapes } = layOut(diagram);
  const boxHeight = headHeight(diagram);
  let number = 0;
  const draw = (shape: Shape): string => {
    switch (shape.kind) {
      case 'participant': return drawParticipant(shape, boxHeight);
      case 'lifeline': return `<line class="lifeline" x1="${rounded(shape.x)}" y1="${shape.y}" x2="${rounded(shape.x)}" y2="${shape.bottom}"/>`;
      case 'active': return `<rect class="active" x="${rounded(shape.x - 4)}" y="${shape.y}" width="8" height="${rounded(Math.max(shape.bottom - shape.y, 4))}"/>`;
      case 'message': return drawMessage(shape, options, diagram.autonumber ? (number += 1) : undefined);
      case 'frame': return drawFrame(shape);
      case 'separator': return drawSeparator(shape);
      case 'note': return drawNote(shape);
    }
  };
  const title = options.title ?? `Sequence of messages between ${diagram.participants.map(({ label }) => label).join(', ')}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" class="hive-sequence" role="img" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><title>${escaped(title)}</title><style>${css}</style>${shapes.map(draw).join('\n')}</svg>`;
}
