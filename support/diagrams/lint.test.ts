import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { expect } from 'chai';
import { diagramsIn } from './fences.ts';
import { lintDiagrams } from './lint.ts';

const feature = (...diagrams: string[]) => `Feature: f\n${diagrams.map((diagram) => `  \`\`\`mermaid\n${diagram.replace(/^/gm, '  ')}\n  \`\`\`\n`).join('')}`;

it('finds diagrams in descriptions and doc strings, without their indentation', () => {
  const text = `${feature('sequenceDiagram\n  A->>B: x')}\n    Then it is\n      """mermaid\n      sequenceDiagram\n        A->>B: y\n      """\n`;
  expect(diagramsIn(text)).to.deep.equal([{ source: 'sequenceDiagram\n  A->>B: x', line: 3 }, { source: 'sequenceDiagram\n  A->>B: y', line: 9 }]);
});

it('reports what Mermaid would not draw and what cannot be asserted, by file and line', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'diagrams-'));
  try {
    writeFileSync(join(folder, 'good.feature'), feature('sequenceDiagram\n  A->>B: x', 'stateDiagram-v2\n  A --> B: go'));
    writeFileSync(join(folder, 'bad.feature'), feature('sequenceDiagram\n  A->>B: x\n  A=>B: y', 'stateDiagram-v2\n  A --> ', 'sequenceDiagram\n  A->>end: x'));
    const { diagrams, faults } = await lintDiagrams(folder);
    expect(diagrams).to.equal(5);
    expect(faults.map(({ file, line, message }) => `${file.slice(folder.length + 1)}:${line}: ${message.split('\n')[0]}`)).to.deep.equal([
      'bad.feature:5: found "=>B: y", expected an arrow (-->> ->> --x --) --> -x -) ->)',
      'bad.feature:8: Mermaid would not draw this diagram: Parse error on line 2:',
      'bad.feature:12: Mermaid would not draw this diagram: Parse error on line 2:',
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
