import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { expect } from 'chai';
import { readCatalogue } from '../reporting/catalogue.ts';
import { filesOf, foldersOf, read, root } from './repository.ts';

/** A feature that needs more room promises more than one thing. */
const LONGEST_FEATURE = 140;

/** Rooms whose features need no sentences of their own, and why. */
const WITHOUT_SENTENCES: Readonly<Record<string, string>> = {
  clients: 'What a client does is starting executions; the sentences are those of execution.',
};

const features = filesOf('features/**/*.feature');
const rooms = foldersOf('features');

describe('the rooms of the specification', () => {
  it('say in a README why they matter', () => {
    expect(rooms.filter((room) => !existsSync(join(root, 'features', room, 'README.md')))).to.deep.equal([]);
    for (const room of rooms) expect(read(`features/${room}/README.md`), room).to.match(/^# \S/);
  });

  it('have their sentences in a file of their name', () => {
    const without = rooms.filter((room) => !existsSync(join(root, 'step-definitions', `${room}.steps.ts`)));
    expect(without).to.have.members(Object.keys(WITHOUT_SENTENCES));
  });

  it('hold every feature', () => {
    expect(features.filter((file) => !/^features\/[^/]+\/[^/]+\.feature$/.test(file))).to.deep.equal([]);
  });
});

describe('features', () => {
  it('are short', () => {
    expect(features.filter((file) => read(file).trimEnd().split('\n').length > LONGEST_FEATURE)).to.deep.equal([]);
  });

  it('carry tags that point at flows and outcomes of the catalogue', () => {
    const { flows } = readCatalogue(join(root, 'features'));
    const known = new Set(flows.flatMap(({ id, acceptance }) => [`@flow:${id}`, ...acceptance.map((_, index) => `@covers:${id}/${index + 1}`)]));
    const tags = features.flatMap((file) => [...read(file).matchAll(/^\s*(@.*)$/gm)].flatMap(([, line]) => line!.trim().split(/\s+/)).filter((tag) => /^@(flow|covers):/.test(tag)).map((tag) => ({ file, tag })));
    expect(tags).to.not.have.length(0);
    expect(tags.filter(({ tag }) => !known.has(tag))).to.deep.equal([]);
  });

  it('differ in name', () => {
    const names = features.map((file) => /^Feature: (.*)$/m.exec(read(file))?.[1]);
    expect(names).to.have.length(new Set(names).size);
  });
});
