/** The Markdown that READMEs and promises use: headings, paragraphs, lists, tables, fences, `code`, *emphasis*, links. */
import { text } from './html.ts';

/** Links leave the site only to the web; a path into the repository would lead nowhere from here. */
const link = (label: string, target: string) => (/^https?:\/\//.test(target) ? `<a href="${target}">${label}</a>` : label);

/** Works on escaped text, so that nothing it finds can be markup of the source. */
const spoken = (escaped: string) =>
  escaped
    .replace(/\[([^\]]+)\]\(([^)\s]+)\)/g, (_, label: string, target: string) => link(label, target))
    .replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
    .replace(/\*([^*\s][^*]*)\*/g, '<em>$1</em>');

export const inline = (line: string): string =>
  text(line)
    .split(/(`[^`]+`)/)
    .map((part) => (/^`.+`$/s.test(part) ? `<code>${part.slice(1, -1)}</code>` : spoken(part)))
    .join('');

const cellsOf = (line: string) => line.trim().replace(/^\||\|$/g, '').split('|').map((cell) => inline(cell.trim()));
const isItem = (line: string) => /^\s*([-*]|\d+\.)\s/.test(line);

function table(lines: readonly string[]): string {
  const [head = '', , ...body] = lines;
  const row = (line: string, tag: 'td' | 'th') => `<tr>${cellsOf(line).map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`;
  return `<table>${row(head, 'th')}${body.map((line) => row(line, 'td')).join('')}</table>`;
}

/** Lines that begin no item of their own carry the item before them on. */
function list(lines: readonly string[]): string {
  const items: string[] = [];
  for (const line of lines) {
    if (isItem(line)) items.push(line.replace(/^\s*([-*]|\d+\.)\s+/, ''));
    else items.push(`${items.pop() ?? ''} ${line.trim()}`);
  }
  const tag = /^\s*\d/.test(lines[0] ?? '') ? 'ol' : 'ul';
  return `<${tag}>${items.map((item) => `<li>${inline(item)}</li>`).join('')}</${tag}>`;
}

function block(lines: readonly string[]): string {
  const [first = '', second = ''] = lines;
  const heading = /^(#+)\s+(.*)/.exec(first);
  if (heading) {
    const level = Math.min(heading[1]!.length, 4);
    return `<h${level}>${inline(heading[2]!)}</h${level}>${lines.length > 1 ? block(lines.slice(1)) : ''}`;
  }
  if (/^\s*\|?[\s:|-]*-[\s:|-]*\|/.test(second) && first.includes('|')) return table(lines);
  if (isItem(first)) return list(lines);
  return `<p>${inline(lines.map((line) => line.trim()).join(' '))}</p>`;
}

export function prose(markdown: string): string {
  const parts = markdown.split(/^```.*\n([\s\S]*?)^```\s*$/m);
  return parts
    .map((part, index) => {
      if (index % 2) return `<pre>${text(part)}</pre>`;
      return part.split(/\n\s*\n/).map((chunk) => chunk.split('\n').filter((line) => line.trim())).filter((lines) => lines.length).map(block).join('\n');
    })
    .join('\n');
}
