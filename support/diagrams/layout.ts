/**
 * Where the parts of a sequence diagram stand on paper, in pixels. Text is measured by counting: the page need not
 * agree on a font, and a column that is a little too wide does no harm.
 */
import { isDashed, separators, type Arrow, type Block, type Diagram, type Element, type Message, type Note, type Participant } from './model.ts';

export type Shape =
  | { readonly kind: 'participant'; readonly x: number; readonly y: number; readonly width: number; readonly participant: Participant }
  | { readonly kind: 'lifeline'; readonly x: number; readonly y: number; readonly bottom: number }
  | { readonly kind: 'active'; readonly x: number; readonly y: number; readonly bottom: number }
  | { readonly kind: 'message'; readonly from: number; readonly to: number; readonly y: number; readonly arrow: Arrow; readonly lines: readonly string[]; readonly source: Message }
  | { readonly kind: 'note'; readonly x: number; readonly y: number; readonly width: number; readonly height: number; readonly lines: readonly string[] }
  | { readonly kind: 'frame'; readonly x: number; readonly y: number; readonly width: number; readonly bottom: number; readonly type: Block['type']; readonly label: string }
  | { readonly kind: 'separator'; readonly x: number; readonly y: number; readonly width: number; readonly label: string };

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly shapes: readonly Shape[];
}

export const measures = { character: 6.7, line: 15, box: 34, margin: 16, nest: 10, selfWidth: 34 } as const;
const { character, line, box, margin, nest, selfWidth } = measures;
const NARROWEST_COLUMN = 92;
const WIDEST_TEXT = 34;
const BESIDE = 18;

const widthOf = (text: string) => text.length * character;
const widest = (lines: readonly string[]) => Math.max(0, ...lines.map(widthOf));

/** Text in lines of at most WIDEST_TEXT characters where its words allow it; `<br/>` breaks it as in Mermaid. */
export function wrapped(text: string): string[] {
  return text.split(/<br\s*\/?>/i).flatMap((part) => {
    const lines: string[] = [];
    for (const word of part.trim().split(/\s+/)) {
      const last = lines.at(-1);
      if (last !== undefined && last.length + word.length < WIDEST_TEXT) lines[lines.length - 1] = `${last} ${word}`;
      else lines.push(word);
    }
    return lines;
  });
}

/** The columns that an element touches. */
function span(element: Element, columnOf: (id: string) => number): number[] {
  switch (element.kind) {
    case 'message': return [columnOf(element.from), columnOf(element.to)];
    case 'note': return element.participants.map(columnOf);
    case 'block': return element.branches.flatMap(({ body }) => body.flatMap((inner) => span(inner, columnOf)));
    default: return [columnOf(element.participant)];
  }
}

/** Room that texts need between two columns: [left column, right column, pixels]. */
function demands(body: readonly Element[], columnOf: (id: string) => number, last: number): [number, number, number][] {
  return body.flatMap((element): [number, number, number][] => {
    if (element.kind === 'block') return element.branches.flatMap((branch) => demands(branch.body, columnOf, last));
    if (element.kind !== 'message' && element.kind !== 'note') return [];
    const columns = span(element, columnOf);
    const [left, right] = [Math.min(...columns), Math.max(...columns)];
    const text = widest(wrapped(element.text));
    if (left < right) return [[left, right, text + 26]];
    const before = element.kind === 'note' && element.placement === 'left of';
    const needed = element.kind === 'note' && element.placement === 'over' ? text / 2 + 20 : text + selfWidth + 20;
    return before ? [[left - 1, left, needed]] : [[Math.min(left, last), left + 1, needed]];
  });
}

/** Centres of the columns: as near to each other as boxes and texts allow. */
function columnsOf({ participants, body }: Diagram, columnOf: (id: string) => number): number[] {
  const boxes = participants.map(({ label }) => Math.max(NARROWEST_COLUMN, widest(wrapped(label)) + 24));
  const gaps = boxes.slice(1).map((width, index) => (boxes[index]! + width) / 2 + 22);
  for (const [left, right, needed] of demands(body, columnOf, participants.length - 1).toSorted((a, b) => a[1] - a[0] - (b[1] - b[0]))) {
    const room = gaps.slice(Math.max(left, 0), right).reduce((sum, gap) => sum + gap, 0);
    const within = Math.min(right, gaps.length) - Math.max(left, 0);
    if (within > 0 && room < needed) for (let gap = Math.max(left, 0); gap < Math.min(right, gaps.length); gap += 1) gaps[gap]! += (needed - room) / within;
  }
  let x = margin + nest * 3 + (boxes[0] ?? 0) / 2;
  return boxes.map((_, index) => (x += index === 0 ? 0 : gaps[index - 1]!));
}

interface Pen {
  readonly shapes: Shape[];
  readonly columns: readonly number[];
  readonly columnOf: (id: string) => number;
  readonly active: Map<string, number[]>;
  y: number;
}

const at = (pen: Pen, id: string) => pen.columns[pen.columnOf(id)]!;

function beginActive(pen: Pen, id: string) {
  pen.active.set(id, [...(pen.active.get(id) ?? []), pen.y]);
}

function endActive(pen: Pen, id: string) {
  const open = pen.active.get(id) ?? [];
  const since = open.pop();
  if (since !== undefined) pen.shapes.push({ kind: 'active', x: at(pen, id) + open.length * 4, y: since, bottom: pen.y });
}

function drawMessage(pen: Pen, message: Message) {
  const lines = wrapped(message.text);
  pen.y += lines.length * line + 14;
  pen.shapes.push({ kind: 'message', from: at(pen, message.from), to: at(pen, message.to), y: pen.y, arrow: message.arrow, lines, source: message });
  if (message.from === message.to) pen.y += 16;
  if (message.activation === '+') beginActive(pen, message.to);
  if (message.activation === '-') endActive(pen, message.from);
}

function drawNote(pen: Pen, { placement, participants, text }: Note) {
  const lines = wrapped(text);
  const centres = participants.map((id) => at(pen, id));
  const [left, right] = [Math.min(...centres), Math.max(...centres)];
  const width = Math.max(widest(lines) + 18, right > left ? right - left + 40 : 0);
  const height = lines.length * line + 10;
  const x = placement === 'over' ? (left + right - width) / 2 : placement === 'left of' ? left - width - 10 : right + 10;
  pen.shapes.push({ kind: 'note', x, y: pen.y + 10, width, height, lines });
  pen.y += height + 12;
}

/** How many frames stand inside an element: outer frames are wider, so that their edges do not meet. */
const depthOf = (element: Element): number =>
  element.kind === 'block' ? 1 + Math.max(0, ...element.branches.flatMap(({ body }) => body.map(depthOf))) : 0;

function selfMessageRoom(body: readonly Element[], columnOf: (id: string) => number, column: number): number {
  return Math.max(0, ...body.map((element) => {
    if (element.kind === 'block') return Math.max(0, ...element.branches.map((branch) => selfMessageRoom(branch.body, columnOf, column)));
    const isSelf = element.kind === 'message' && element.from === element.to && columnOf(element.from) === column;
    return isSelf ? widest(wrapped(element.text)) + selfWidth : 0;
  }));
}

function frameEdges(pen: Pen, block: Block): { x: number; width: number } {
  const columns = span(block, pen.columnOf);
  const [first, last] = columns.length > 0 ? [Math.min(...columns), Math.max(...columns)] : [0, 0];
  const beside = BESIDE + depthOf(block) * nest;
  const label = widest([`${block.type} [${block.branches[0]!.label}]`]) + 40;
  const x = pen.columns[first]! - beside;
  const room = Math.max(beside, ...block.branches.map((branch) => selfMessageRoom(branch.body, pen.columnOf, last) + depthOf(block) * nest));
  return { x, width: Math.max(label, pen.columns[last]! + room - x) };
}

function drawBlock(pen: Pen, block: Block) {
  const { x, width } = frameEdges(pen, block);
  const y = pen.y + 12;
  const place = pen.shapes.length;
  block.branches.forEach((branch, index) => {
    pen.y += index === 0 ? 38 : 14;
    if (index > 0) {
      pen.shapes.push({ kind: 'separator', x, y: pen.y, width, label: branch.label || separators[block.type]! });
      pen.y += 20;
    }
    drawBody(pen, branch.body);
  });
  pen.y += 14;
  pen.shapes.splice(place, 0, { kind: 'frame', x, y, width, bottom: pen.y, type: block.type, label: block.branches[0]!.label });
}

function drawBody(pen: Pen, body: readonly Element[]) {
  for (const element of body) {
    if (element.kind === 'message') drawMessage(pen, element);
    else if (element.kind === 'note') drawNote(pen, element);
    else if (element.kind === 'block') drawBlock(pen, element);
    else if (element.kind === 'activate') beginActive(pen, element.participant);
    else endActive(pen, element.participant);
  }
}

const rightEdge = (shape: Shape): number => {
  if (shape.kind === 'message') return Math.max(shape.from, shape.to) + (shape.from === shape.to ? selfWidth + widest(shape.lines) : 0);
  return 'width' in shape ? shape.x + shape.width : shape.x;
};

/** All shapes, those behind first. */
export function layOut(diagram: Diagram): Drawing {
  const index = new Map(diagram.participants.map(({ id }, column) => [id, column]));
  const columnOf = (id: string) => index.get(id) ?? 0;
  const columns = columnsOf(diagram, columnOf);
  const boxHeight = Math.max(box, ...diagram.participants.map(({ label }) => wrapped(label).length * line + 16));
  const pen: Pen = { shapes: [], columns, columnOf, active: new Map(), y: margin + boxHeight };
  drawBody(pen, diagram.body);
  for (const id of [...pen.active.keys()]) while (pen.active.get(id)!.length > 0) endActive(pen, id);
  const bottom = pen.y + 22;
  const heads = diagram.participants.flatMap((participant, column): Shape[] => {
    const width = Math.max(NARROWEST_COLUMN, widest(wrapped(participant.label)) + 24);
    return [margin, bottom].map((y) => ({ kind: 'participant', x: columns[column]! - width / 2, y, width, participant }));
  });
  const lifelines = columns.map((x): Shape => ({ kind: 'lifeline', x, y: margin + boxHeight, bottom }));
  const [frames, others] = [pen.shapes.filter(({ kind }) => kind === 'frame'), pen.shapes.filter(({ kind }) => kind !== 'frame')];
  const active = others.filter(({ kind }) => kind === 'active');
  const shapes = [...lifelines, ...active, ...frames, ...others.filter(({ kind }) => kind !== 'active'), ...heads];
  return { shapes, width: Math.ceil(Math.max(0, ...shapes.map(rightEdge)) + margin), height: Math.ceil(bottom + boxHeight + margin) };
}

export const headHeight = ({ participants }: Diagram): number => Math.max(box, ...participants.map(({ label }) => wrapped(label).length * line + 16));
export const isReply = isDashed;
