import { expect } from 'chai';
import { test } from 'node:test';
import { splitTemplate } from './template.ts';

const shown = (source: string) => splitTemplate(source).map(({ kind, text }) => `${kind}:${text}`);

test('text and code alternate, and empty texts are left out', () => {
  expect(shown('={{ a }}')).to.deep.equal(['code: a ']);
  expect(shown('=Dear {{name}}, {{greeting}}!')).to.deep.equal(['text:Dear ', 'code:name', 'text:, ', 'code:greeting', 'text:!']);
  expect(shown('=plain')).to.deep.equal(['text:plain']);
  expect(shown('=')).to.deep.equal([]);
});

test('a backslash keeps braces from opening or closing', () => {
  expect(shown('=\\{{ a }}')).to.deep.equal(['text:\\{{ a }}']);
  expect(shown('={{ "\\}}" }}')).to.deep.equal(['code: "}}" ']);
  expect(shown('={{ "{{" }}')).to.deep.equal(['code: "{{" ']);
});

test('braces that are never closed are text', () => {
  expect(shown('=a {{ b')).to.deep.equal(['text:a {{ b']);
});
