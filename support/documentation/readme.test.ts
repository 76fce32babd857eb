import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { expect } from 'chai';
import { filesOf, quoted, read, root } from './repository.ts';

const readme = read('README.md');
/** Scripts that npm runs by their bare names. */
const BARE = ['start', 'test'];
const scripts = (JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts;
const sources = filesOf('{engine,support,step-definitions}/**/*.ts').filter((file) => !file.startsWith('support/documentation/')).map(read).join('\n');

describe('README.md', () => {
  it('names scripts that exist', () => {
    const named = [...readme.matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name!);
    const bare = BARE.filter((name) => readme.includes(`npm ${name}`));
    expect(named).to.not.have.length(0);
    expect([...named, ...bare].filter((name) => !(name in scripts))).to.deep.equal([]);
  });

  it('names a scenario and features that exist', () => {
    const features = filesOf('features/**/*.feature').map(read).join('\n');
    for (const [, name] of readme.matchAll(/--name "([^"]+)"/g)) expect(features).to.match(new RegExp(`Scenario(?: Outline)?: ${name}$`, 'm'));
    for (const [file] of readme.matchAll(/features\/[\w/-]+\.feature/g)) expect(existsSync(join(root, file)), file).to.equal(true);
  });

  it('names variables that something reads', () => {
    const variables = [...new Set(quoted(readme).filter((code) => /^(HIVE_\w+|DATABASE_URL|REDIS_URL)$/.test(code)))];
    expect(variables).to.not.have.length(0);
    expect(variables.filter((name) => !sources.includes(name))).to.deep.equal([]);
  });
});

describe('scripts of package.json', () => {
  it('start files that exist', () => {
    const files = Object.values(scripts).flatMap((script) => [...script.matchAll(/node ([\w/-]+\.ts)/g)].map(([, file]) => file!));
    expect(files).to.not.have.length(0);
    expect(files.filter((file) => !existsSync(join(root, file)))).to.deep.equal([]);
  });
});

describe('links between documents', () => {
  const documents = filesOf('{*.md,{features,support,engine,fixtures,step-definitions}/**/*.md}');
  const links = documents.flatMap((document) => [...read(document).matchAll(/\]\((?!https?:)([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, target]) => ({ document, target: target! })));

  it('lead somewhere', () => {
    expect(links).to.not.have.length(0);
    expect(links.filter(({ document, target }) => !existsSync(join(root, dirname(document), target)))).to.deep.equal([]);
  });
});
