import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { AttachmentContentEncoding } from '@cucumber/messages';
import { expect } from 'chai';
import { isTypesOnly } from './coverage.ts';
import { decide } from './gate.ts';
import { junitOf } from './junit.ts';
import { readRun } from './run-record.ts';
import { rehearse, type Rehearsal } from './rehearsal.ts';
import { writeSite } from './site/index.ts';
import { prose } from './site/markdown.ts';
import { markdownSummary } from './summary.ts';

const folder = mkdtempSync(join(tmpdir(), 'site-'));
after(() => rmSync(folder, { recursive: true }));

/** Stands for whatever somebody might write into a feature, an error or an attachment. */
const evil = '<img src=x onerror=alert(1)> "\' & </script> |';
const feature = `@flow:bake\nFeature: ${evil}\n  Promise ${evil}, with *meaning*.\n\n  \`\`\`mermaid\n  sequenceDiagram\n    A->>B: ${evil.replace(/[#;]/g, '')}\n  \`\`\`\n\n  Rule: ${evil}\n\n    @covers:bake/1\n    Scenario: ${evil}\n      Given ${evil}\n        """\n        ${evil}\n        """\n`;
const second = '@flow:bake\nFeature: Another\n  Promise.\n\n  Scenario: First\n    Given a pie\n\n  Scenario: Second\n    Given a pie\n';
const catalogue = {
  flows: [{ id: 'bake', room: 'kitchen', acceptance: [evil, 'cut'], source: evil, kind: 'flow', title: evil, steps: [evil], facts: [evil] }],
  release: { name: evil, coverage: 80, scope: [] }, open: [{ room: 'kitchen', reason: `${evil} is the reason` }], knownFailures: [],
};
const attach = ['text/plain', 'text/vnd.mermaid', 'image/png'].map((mediaType) => ({ mediaType, body: evil, contentEncoding: AttachmentContentEncoding.IDENTITY, fileName: evil }));

function site(name: string, given: Partial<Rehearsal>): Record<string, string> {
  const run = readRun(rehearse({ features: { 'features/kitchen/evil.feature': feature, 'features/kitchen/second.feature': second }, scenarios: { [evil]: [{ steps: ['FAILED'], error: evil, attach }] }, ...given }));
  const into = join(folder, name);
  const evidence = { run, catalogue, coverage: 81 };
  writeSite({ ...evidence, decision: decide(evidence), features: join(folder, 'none'), into });
  return Object.fromEntries(readdirSync(into).sort().map((file) => [file, readFileSync(join(into, file), 'utf8')]));
}

describe('the living documentation', () => {
  it('lets nothing of its sources become markup', () => {
    const pages = Object.entries(site('evil', {})).filter(([file]) => /\.(html|js)$/.test(file) && !/^(script|mermaid)/.test(file));
    expect(pages.map(([file]) => file)).to.deep.equal(['index.html', 'kitchen.evil.html', 'kitchen.html', 'kitchen.second.html', 'timing.js', 'traceability.html']);
    for (const [file, content] of pages) {
      expect(content, file).to.not.match(/<img src=x/);
      expect(content.match(/<\/script>/g)?.length ?? 0, `scripts of ${file}`).to.equal(content.match(/<script/g)?.length ?? 0);
      if (file.endsWith('.html')) expect(content.replace(/"[^"]*"/g, '').match(/<[a-z][^>]*onerror/g), `attributes of ${file}`).to.equal(null);
    }
  });

  it('is the same for the same results, apart from the timing', () => {
    const { 'timing.js': one, ...first } = site('first', {});
    const { 'timing.js': other, ...again } = site('again', { startedAtSeconds: 9_000, reversed: true, workers: 3 });
    expect(again).to.deep.equal(first);
    expect(other).to.not.equal(one);
  });

  it('has no link that leads nowhere', () => {
    const pages = site('links', {});
    for (const [file, content] of Object.entries(pages).filter(([name]) => name.endsWith('.html')))
      for (const [, target, anchor] of content.matchAll(/href="([\w.-]+\.html)(?:#([\w-]+))?"/g)) {
        expect(pages, `${target} from ${file}`).to.have.any.keys(target!);
        if (anchor) expect(pages[target!], `${target}#${anchor} from ${file}`).to.include(`id="${anchor}"`);
      }
  });

  it('reads the Markdown of a README', () => {
    expect(prose('# A\n\nOne *two* `*three*`\nfour\n\n- a\n  b\n- c\n\n| x | y |\n| --- | --- |\n| 1 | [w](https://w.org) [n](README.md) |\n\n```sh\nnpm <x>\n```\n').replaceAll('\n', '')).to.equal(
      '<h1>A</h1><p>One <em>two</em> <code>*three*</code> four</p><ul><li>a b</li><li>c</li></ul><table><tr><th>x</th><th>y</th></tr><tr><td>1</td><td><a href="https://w.org">w</a> n</td></tr></table><pre>npm &lt;x&gt;</pre>',
    );
  });
});

describe('what a CI reads', () => {
  const run = readRun(rehearse({ features: { 'features/kitchen/evil.feature': feature, 'features/kitchen/second.feature': second }, scenarios: { [evil]: [{ steps: ['FAILED'], error: `${evil} \u0007` }], First: [{ steps: ['UNDEFINED'] }] } }));

  it('gets XML in which whatever did not pass is a failure', () => {
    const xml = junitOf(run);
    expect([xml.match(/<testcase /g)?.length, xml.match(/<failure /g)?.length, xml.match(/<failure type="undefined"/g)?.length]).to.deep.equal([3, 2, 1]);
    expect(xml).to.not.match(/<img|\u0007/);
    expect(xml).to.include('<testsuite name="features/kitchen/second.feature" tests="2" failures="1"');
  });

  it('gets a summary whose tables hold', () => {
    const summary = markdownSummary({ run, decision: decide({ run, catalogue, coverage: undefined }), coverage: undefined });
    expect(summary).to.match(/^## 1 passed, 2 failed\n/).and.not.match(/(?<!\\)<img/);
    for (const row of summary.split('\n').filter((line) => line.startsWith('| Another'))) expect(row.split(/(?<!\\)\|/)).to.have.length(7);
  });
});

describe('coverage', () => {
  it('leaves out files that hold types alone, and no other', () => {
    expect(isTypesOnly("/** Words.\n const */\nimport type { A } from './a.ts';\nexport interface B {\n  readonly a: A;\n}\nexport type {\n  C,\n} from './c.ts';\n// done\n")).to.equal(true);
    for (const code of ['export const a = 1;', "export * from './a.ts';", "import './a.ts';", 'void main();', '[1].map(run);']) expect(isTypesOnly(`export type A = 1;\n${code}\n`), code).to.equal(false);
  });
});
