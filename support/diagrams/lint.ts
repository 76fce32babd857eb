/**
 * Checks every diagram of the features: that Mermaid would draw it, and that a sequence diagram is within what
 * `parse` reads. Run by `npm run check`: `node support/diagrams/lint.ts [folder]`.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { diagramsIn, isSequenceDiagram, type FoundDiagram } from './fences.ts';
import { DiagramSyntaxError, parse } from './parse.ts';

/** A fault at a line of a feature file. */
export interface Fault {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/**
 * Loaded only here: it takes a second and 80 MB. Some kinds of diagram clean their texts with DOMPurify while they
 * are parsed, which is an empty shell without a browser; nothing is shown here, so texts need no cleaning.
 */
async function mermaidParser(): Promise<(source: string) => Promise<string | undefined>> {
  const [{ default: mermaid }, { default: purify }] = await Promise.all([import('mermaid'), import('dompurify')]);
  if (!purify.isSupported) Object.assign(purify, { addHook: () => undefined, sanitize: (text: string) => text });
  return async (source) => {
    try {
      await mermaid.parse(source);
      return undefined;
    } catch (error) {
      return `Mermaid would not draw this diagram: ${(error as Error).message}`;
    }
  };
}

function ownFault(file: string, { source, line }: FoundDiagram): Fault | undefined {
  if (!isSequenceDiagram(source)) return undefined;
  try {
    parse(source);
    return undefined;
  } catch (error) {
    if (!(error instanceof DiagramSyntaxError)) throw error;
    return { file, line: line + error.line - 1, message: `found ${error.found}, expected ${error.expected}` };
  }
}

/** The faults of all diagrams in the features of a folder, and how many diagrams there were. */
export async function lintDiagrams(folder: string): Promise<{ diagrams: number; faults: Fault[] }> {
  const parseWithMermaid = await mermaidParser();
  const faults: Fault[] = [];
  let diagrams = 0;
  for (const file of globSync(join(folder, '**/*.feature')).toSorted())
    for (const diagram of diagramsIn(readFileSync(file, 'utf8'))) {
      diagrams += 1;
      const own = ownFault(file, diagram);
      const theirs = own ? undefined : await parseWithMermaid(diagram.source);
      if (own) faults.push(own);
      if (theirs) faults.push({ file, line: diagram.line, message: theirs });
    }
  return { diagrams, faults };
}

if (import.meta.main) {
  const { diagrams, faults } = await lintDiagrams(process.argv[2] ?? 'features');
  for (const { file, line, message } of faults) console.error(`${file}:${line}: ${message}`);
  console.log(`${diagrams} diagram(s), ${faults.length} fault(s)`);
  process.exitCode = faults.length > 0 ? 1 : 0;
}
