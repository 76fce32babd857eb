/**
 * Reads the part of Mermaid's sequenceDiagram that the features use. The `mermaid` package itself takes 30 ms a
 * diagram and 80 MB; it only lints (lint.ts) that each diagram is one that it would draw.
 *
 * Narrower than Mermaid on purpose: `box`, `create`, `destroy`, `link` and half arrows are refused, as is `;` in a
 * text, where Mermaid silently starts a new statement. Participants that are not declared are taken in order of
 * first use, as Mermaid does.
 */
import { arrows, separators, type Activation, type Block, type BlockType, type Branch, type Diagram, type Element, type Participant } from './model.ts';

/** A diagram that cannot be read, and where. Line and column count from 1. */
export class DiagramSyntaxError extends Error {
  override readonly name = 'DiagramSyntaxError';
  readonly line: number;
  readonly column: number;
  readonly found: string;
  readonly expected: string;

  constructor({ line, column, found, expected }: { line: number; column: number; found: string; expected: string }) {
    super(`diagram line ${line}, column ${column}: found ${found}, expected ${expected}`);
    this.line = line;
    this.column = column;
    this.found = found;
    this.expected = expected;
  }
}

/** One line without its indentation. */
interface Line {
  readonly text: string;
  readonly number: number;
  readonly indent: number;
}

interface OpenBlock {
  readonly type: BlockType;
  readonly line: number;
  readonly branches: { label: string; body: Element[]; line: number }[];
}

interface Reading {
  readonly participants: Map<string, Participant>;
  readonly active: Map<string, number>;
  readonly open: OpenBlock[];
  readonly root: Element[];
  autonumber: boolean;
  strict: boolean;
}

const NAME = String.raw`[\p{L}_][\p{L}\p{N}_]*(?: [\p{L}\p{N}_]+)*`;
const declaration = new RegExp(String.raw`^(participant|actor)\s+(${NAME}?)(?:\s+as\s+(.+))?$`, 'u');
const messageLine = new RegExp(String.raw`^(${NAME})\s*(-->>|->>|--x|--\)|-->|-x|-\)|->)\s*([+-]?)\s*(${NAME})\s*:(.*)$`, 'u');
const noteLine = new RegExp(String.raw`^note\s+(over|left of|right of)\s+(${NAME})(?:\s*,\s*(${NAME}))?\s*:(.*)$`, 'iu');
const activationLine = new RegExp(String.raw`^(activate|deactivate)\s+(${NAME})$`, 'u');
const blockLine = /^(loop|alt|opt|par|critical|break|rect)(?:\s+(.*))?$/;
const separatorLine = /^(else|and|option)(?:\s+(.*))?$/;

/** The error at the first place in `line` where it stops being what was expected; `from` counts inside its text. */
const wrong = (line: Line, from: number, expected: string): DiagramSyntaxError => {
  const rest = line.text.slice(from).trim();
  return new DiagramSyntaxError({ line: line.number, column: line.indent + from + 1, found: rest ? `"${rest}"` : 'the end of the line', expected });
};

/** Mermaid's entities for the characters that would end a text. */
const decoded = (text: string) => text.replace(/#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));

function textOf(line: Line, text: string | undefined): string {
  const raw = (text ?? '').trim();
  const bare = raw.replace(/#\d+;/g, '');
  if (/[;#]/.test(bare)) {
    const at = line.text.lastIndexOf(raw) + raw.search(/;|#(?!\d+;)/);
    throw wrong(line, at, 'no ";" or "#" in a text, because Mermaid ends the statement there; write #59; or #35;');
  }
  return decoded(raw);
}

const bodyOf = (reading: Reading): Element[] => reading.open.at(-1)?.branches.at(-1)?.body ?? reading.root;

/** Declares a participant at its first use. */
function use(reading: Reading, id: string, line: Line): string {
  if (!reading.participants.has(id)) reading.participants.set(id, { id, label: id, type: 'participant', line: line.number });
  return id;
}

function declare(reading: Reading, line: Line, [, type, id, label]: RegExpExecArray) {
  if (reading.participants.has(id!)) throw wrong(line, line.text.indexOf(id!), `a participant that was not named before; ${id} stands on line ${reading.participants.get(id!)!.line}`);
  reading.participants.set(id!, { id: id!, label: label ? textOf(line, label) : id!, type: type as Participant['type'], line: line.number });
}

function changeActivation(reading: Reading, participant: string, { by, line }: { by: 1 | -1; line: Line }) {
  const count = (reading.active.get(participant) ?? 0) + by;
  if (count < 0) throw wrong(line, 0, `${participant} to be active before it is deactivated`);
  reading.active.set(participant, count);
}

function readMessage(reading: Reading, line: Line, [, from, arrow, sign, to, text]: RegExpExecArray) {
  use(reading, from!, line);
  use(reading, to!, line);
  if (sign) changeActivation(reading, sign === '+' ? to! : from!, { by: sign === '+' ? 1 : -1, line });
  bodyOf(reading).push({
    kind: 'message', from: from!, to: to!, arrow: arrow as (typeof arrows)[number], activation: (sign || undefined) as '+' | '-' | undefined,
    text: textOf(line, text), line: line.number,
  });
}

function readNote(reading: Reading, line: Line, [, where, first, second, text]: RegExpExecArray) {
  const placement = where!.toLowerCase() as 'over' | 'left of' | 'right of';
  if (second && placement !== 'over') throw wrong(line, line.text.indexOf(','), `one participant with "${placement}"; only "over" spans two`);
  const participants = [first!, ...(second ? [second] : [])].map((id) => use(reading, id, line));
  bodyOf(reading).push({ kind: 'note', placement, participants, text: textOf(line, text), line: line.number });
}

function readActivation(reading: Reading, line: Line, [, word, id]: RegExpExecArray) {
  const kind = word as Activation['kind'];
  use(reading, id!, line);
  changeActivation(reading, id!, { by: kind === 'activate' ? 1 : -1, line });
  bodyOf(reading).push({ kind, participant: id!, line: line.number });
}

function openBlock(reading: Reading, line: Line, [, type, label]: RegExpExecArray) {
  reading.open.push({ type: type as BlockType, line: line.number, branches: [{ label: textOf(line, label), body: [], line: line.number }] });
}

function openBranch(reading: Reading, line: Line, [, word, label]: RegExpExecArray) {
  const block = reading.open.at(-1);
  const allowed = block && separators[block.type];
  if (word !== allowed) throw wrong(line, 0, allowed ? `"${allowed}" or "end" inside "${block.type}"` : `no "${word}" here; it belongs inside ${ownerOf(word!)}`);
  block!.branches.push({ label: textOf(line, label), body: [], line: line.number });
}

const ownerOf = (word: string) => Object.entries(separators).find(([, separator]) => separator === word)?.[0] ?? 'a block';

function closeBlock(reading: Reading, line: Line) {
  const block = reading.open.pop();
  if (!block) throw wrong(line, 0, 'no "end" here; no block is open');
  bodyOf(reading).push({ kind: 'block', type: block.type, branches: block.branches as readonly Branch[], line: block.line } satisfies Block);
}

type Reader = (reading: Reading, line: Line, match: RegExpExecArray) => void;
const statements: readonly (readonly [RegExp, Reader])[] = [
  [/^autonumber$/, (reading) => void (reading.autonumber = true)],
  [/^end$/, closeBlock],
  [declaration, declare],
  [activationLine, readActivation],
  [noteLine, readNote],
  [separatorLine, openBranch],
  [blockLine, openBlock],
  [messageLine, readMessage],
];

/** Why a line is no statement: the longest beginning of one that it has says what should have followed. */
function explain(line: Line): DiagramSyntaxError {
  const name = new RegExp(`^${NAME}`, 'u').exec(line.text)?.[0];
  if (/^(box|create|destroy|links?|properties|details|title|accTitle|accDescr)\b/.test(line.text)) return wrong(line, 0, 'a statement of the supported part of Mermaid (see support/diagrams/README.md)');
  if (/^note\b/i.test(line.text)) return wrong(line, 4, '"over", "left of" or "right of", a participant, ":" and a text');
  if (/^(participant|actor|activate|deactivate)\b/.test(line.text)) return wrong(line, line.text.search(/\s|$/), 'the name of one participant: letters, digits, underscores, single spaces');
  if (!name) return wrong(line, 0, 'a message, a note, a block, "end", or a participant');
  const afterName = line.text.slice(name.length);
  const arrow = /^\s*(-->>|->>|--x|--\)|-->|-x|-\)|->)\s*[+-]?\s*/.exec(afterName)?.[0];
  if (!arrow) return wrong(line, name.length + (/^\s*/.exec(afterName)?.[0].length ?? 0), `an arrow (${arrows.join(' ')})`);
  const receiver = new RegExp(`^${NAME}`, 'u').exec(afterName.slice(arrow.length))?.[0];
  const at = name.length + arrow.length + (receiver?.length ?? 0);
  return wrong(line, at, receiver ? '":" and the text of the message' : 'the participant that receives the message');
}

function readLine(reading: Reading, line: Line) {
  if (/^%%\s*strict\s*$/.test(line.text)) reading.strict = true;
  if (line.text === '' || line.text.startsWith('%%')) return;
  for (const [pattern, read] of statements) {
    const match = pattern.exec(line.text);
    if (match) return read(reading, line, match);
  }
  throw explain(line);
}

/** Reads the text of one diagram (without its fence). Throws DiagramSyntaxError. */
export function parse(source: string): Diagram {
  const lines = source.split(/\r?\n/).map((text, index): Line => ({ text: text.trim(), number: index + 1, indent: text.length - text.trimStart().length }));
  const reading: Reading = { participants: new Map(), active: new Map(), open: [], root: [], autonumber: false, strict: false };
  const isComment = ({ text }: Line) => text === '' || text.startsWith('%%');
  const first = lines.find((line) => !isComment(line));
  if (first?.text !== 'sequenceDiagram') throw wrong(first ?? { text: '', number: lines.length, indent: 0 }, 0, '"sequenceDiagram"');
  for (const line of lines) if (line !== first) readLine(reading, line);
  const unclosed = reading.open.at(-1);
  if (unclosed) throw wrong({ text: '', number: lines.length, indent: 0 }, 0, `"end" of the "${unclosed.type}" on line ${unclosed.line}`);
  return { participants: [...reading.participants.values()], body: reading.root, autonumber: reading.autonumber, strict: reading.strict };
}
