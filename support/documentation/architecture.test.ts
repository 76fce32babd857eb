import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { expect } from 'chai';
import { floors } from '../architecture/check.ts';
import { filesOf, foldersOf, quoted, read, root, section } from './repository.ts';

const architecture = read('ARCHITECTURE.md');
const around = section(architecture, 'Around the engine');
/** One list of rooms a row, from the top floor down. */
const drawnFloors = [...section(architecture, 'Floors').matchAll(/^\| \d[^|]*\|([^|]*)\|$/gm)].map(([, rooms]) => quoted(rooms!));
const drawnRooms = drawnFloors.flat();
/** `provision/` stands under support/, `features/` at the top. */
const drawnFolders = quoted(around).filter((name) => name.endsWith('/')).map((name) => name.slice(0, -1));

describe('ARCHITECTURE.md', () => {
  it('gives every room of the engine a floor, and no floor to a room that is not there', () => {
    expect(foldersOf('engine')).to.have.members(drawnRooms);
  });

  it('gives a floor to every room of the features, or says that it has no code yet', () => {
    const withoutCode = [...architecture.matchAll(/`(\w+)` has features and no code of its own yet/g)].map(([, room]) => room);
    expect(foldersOf('features').filter((room) => !drawnRooms.includes(room))).to.have.members(withoutCode);
  });

  it('draws the floors that the check knows', () => {
    const heightOf = (room: string) => floors.findIndex((floor) => floor.includes(room));
    expect(drawnRooms.filter((room) => heightOf(room) < 0), 'rooms without a floor in the check').to.deep.equal([]);
    for (const [index, rooms] of drawnFloors.entries()) for (const room of rooms) for (const below of drawnFloors.slice(index + 1).flat()) expect(heightOf(room), `${room} stands above ${below}`).to.be.greaterThan(heightOf(below));
  });

  it('names every folder around the engine, and none that is not there', () => {
    const there = [...foldersOf('.').filter((folder) => !['engine', 'node_modules', 'reports', 'coverage'].includes(folder)), ...foldersOf('support')];
    expect(drawnFolders).to.have.members(there);
  });

  it('names no file that is not there', () => {
    const files = quoted(architecture).filter((code) => /^\.?[\w-]+\/[\w./-]+\.(ts|sql|md|yaml|feature)$/.test(code));
    expect(files).to.not.have.length(0);
    expect(files.filter((file) => !existsSync(join(root, file)) && !existsSync(join(root, 'engine', file)))).to.deep.equal([]);
  });

  it('fits on a page', () => {
    expect(architecture.split('\n').length).to.be.at.most(100);
  });
});

describe('every room of the engine', () => {
  it('opens with what it owns and what it does not know', () => {
    const openings = filesOf('engine/*/index.ts').map((file) => ({ file, comment: /^\/\*\*[\s\S]*?\*\//.exec(read(file))?.[0] ?? '' }));
    expect(openings).to.have.length(foldersOf('engine').length);
    expect(openings.filter(({ comment }) => comment.length < 100).map(({ file }) => file)).to.deep.equal([]);
  });
});
