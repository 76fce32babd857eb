/** Finds diagrams in features: fenced ```mermaid blocks of descriptions and """mermaid doc strings. */
export interface FoundDiagram {
  /** Without its fence and indentation. */
  readonly source: string;
  /** Line of the diagram's first line in the file, from 1. */
  readonly line: number;
}

const opening = /^\s*(```|""")mermaid\s*$/;

const withoutIndent = (lines: readonly string[]): string => {
  const indent = Math.min(...lines.filter((line) => line.trim()).map((line) => line.length - line.trimStart().length));
  return lines.map((line) => line.slice(Number.isFinite(indent) ? indent : 0)).join('\n');
};

/** All diagrams of a text, of any kind. A fence that is never closed reaches to the end. */
export function diagramsIn(text: string): FoundDiagram[] {
  const lines = text.split(/\r?\n/);
  const found: FoundDiagram[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const fence = opening.exec(lines[index]!)?.[1];
    if (!fence) continue;
    const start = index + 1;
    const end = lines.findIndex((line, at) => at >= start && line.trim() === fence);
    index = end < 0 ? lines.length : end;
    found.push({ source: withoutIndent(lines.slice(start, index)), line: start + 1 });
  }
  return found;
}

/** Whether a diagram is a sequence diagram; comments may stand before the word. */
export const isSequenceDiagram = (source: string): boolean => source.split('\n').find((line) => line.trim() && !line.trim().startsWith('%%'))?.trim() === 'sequenceDiagram';
