import { defineParameterType } from '@cucumber/cucumber';
import { damagedWorkflows } from '../fixtures/damaged-workflows.ts';
import { forgedTokens } from '../fixtures/forged-tokens.ts';
import { people } from '../fixtures/people.ts';

/** A person of the features, or nobody: somebody who does not say who they are. */
defineParameterType({
  name: 'person',
  regexp: new RegExp([...Object.keys(people), 'nobody'].join('|')),
  transformer: (name: string) => (name === 'nobody' ? undefined : name),
});

defineParameterType({ name: 'tenant', regexp: /Acme|Globex|Initech/, transformer: (name: string) => name });

/** A workflow by its fixture's name, or one that nobody has. */
defineParameterType({
  name: 'workflow',
  regexp: /"[^"]+"|an unknown workflow/,
  transformer: (text: string) => (text.startsWith('"') ? text.slice(1, -1) : undefined),
});

/** `"A", "B", "C"` as a list. */
defineParameterType({
  name: 'names',
  regexp: /"[^"]+"(?:, "[^"]+")*/,
  transformer: (text: string) => [...text.matchAll(/"([^"]+)"/g)].map(([, name]) => name as string),
});

defineParameterType({ name: 'phases', regexp: /[A-Z]+(?:, [A-Z]+)*/, transformer: (text: string) => text.split(', ') });

defineParameterType({
  name: 'times',
  regexp: /once|twice|\d+ times/,
  transformer: (text: string) => (text === 'once' ? 1 : text === 'twice' ? 2 : Number.parseInt(text, 10)),
});

defineParameterType({ name: 'json', regexp: /\{.*\}|\[.*\]/, transformer: (text: string) => JSON.parse(text) as unknown });

/** A token by what is wrong with it. */
defineParameterType({ name: 'token', regexp: new RegExp(forgedTokens.join('|')), transformer: (words: string) => words });

/** A document that must not become a workflow, by what is wrong with it. */
defineParameterType({ name: 'damaged', regexp: new RegExp(Object.keys(damagedWorkflows).join('|')), transformer: (words: string) => damagedWorkflows[words]!() });
