/**
 * The floors of ARCHITECTURE.md as a check: fails on the first import that goes up, sideways past a neighbour's
 * index.ts, or round in a circle, and says which import it was.
 */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** From the ground up. A room may import lower floors and kernel. */
export const floors: readonly (readonly string[])[] = [
  ['kernel'],
  ['storage'],
  ['journal', 'events', 'caching'],
  ['identity', 'tenancy', 'compliance', 'observability'],
  ['coordination', 'agents', 'intelligence', 'tools'],
  ['workflows', 'execution', 'configurations', 'builds', 'optimization', 'continuity', 'scaling'],
  ['gateway', 'clients'],
];

export interface Import {
  readonly from: string;
  readonly to: string;
}

const roomOf = (file: string) => /^engine\/([^/]+)\//.exec(file)?.[1];
const floorOf = (room: string) => floors.findIndex((floor) => floor.includes(room));

/** Why an import is not allowed, or undefined. Paths are relative to the repository. */
export function objection({ from, to }: Import): string | undefined {
  if (from.startsWith('engine/') && !to.startsWith('engine/')) return 'the engine imports nothing from outside engine/';
  if (from.startsWith('step-definitions/') && to.startsWith('engine/') && !/\/contract\.ts$/.test(to)) return 'steps know the engine only by its contracts';
  const [here, there] = [roomOf(from), roomOf(to)];
  if (!here || !there || here === there) return undefined;
  if (floorOf(here) < 0 || floorOf(there) < 0) return `room ${floorOf(here) < 0 ? here : there} stands on no floor; add it to the floors of ARCHITECTURE.md and of this check`;
  if (floorOf(there) > floorOf(here)) return `${here} stands below ${there}; pass what it needs in at main.ts`;
  if (floorOf(there) === floorOf(here) && !to.endsWith('/index.ts')) return `${there} is a neighbour: import it through its index.ts`;
  return undefined;
}

/** The first circle among the edges, as a path that ends where it began. */
export function circle(edges: readonly Import[]): string[] | undefined {
  const targets = Map.groupBy(edges, (edge) => edge.from);
  const done = new Set<string>();
  const walk = (node: string, path: string[]): string[] | undefined => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node];
    if (done.has(node)) return undefined;
    for (const { to } of targets.get(node) ?? []) {
      const found = walk(to, [...path, node]);
      if (found) return found;
    }
    done.add(node);
    return undefined;
  };
  for (const from of targets.keys()) {
    const found = walk(from, []);
    if (found) return found;
  }
  return undefined;
}

/** Imports that stay at run time, and all of them: a circle of types alone is allowed inside a room, never between rooms. */
function importsOf(file: string): (Import & { readonly typeOnly: boolean })[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found = text.matchAll(/^\s*(?:import|export)\s+(type\s+)?(?:[^'"]*?\sfrom\s+)?['"](\.[^'"]+)['"]/gms);
  return [...found].map(([, type, target]) => ({ from: file, to: relative(root, join(root, dirname(file), target!)), typeOnly: Boolean(type) }));
}

export function check(files: readonly string[]): string[] {
  const imports = files.flatMap(importsOf);
  const wrong = imports.flatMap((edge) => {
    const why = objection(edge);
    return why ? [`${edge.from} imports ${edge.to}: ${why}`] : [];
  });
  const betweenFiles = circle(imports.filter((edge) => !edge.typeOnly));
  const rooms = imports.flatMap(({ from, to }) => {
    const [here, there] = [roomOf(from), roomOf(to)];
    return here && there && here !== there ? [{ from: here, to: there }] : [];
  });
  const betweenRooms = circle(rooms);
  return [
    ...wrong,
    ...(betweenFiles ? [`files import each other in a circle: ${betweenFiles.join(' -> ')}`] : []),
    ...(betweenRooms ? [`rooms import each other in a circle: ${betweenRooms.join(' -> ')}`] : []),
  ];
}

if (process.argv[1] === import.meta.filename) {
  const files = globSync(['engine/**/*.ts', 'support/**/*.ts', 'step-definitions/**/*.ts'], { cwd: root });
  const wrong = check(files);
  for (const line of wrong) console.error(line);
  console.log(wrong.length ? `architecture: ${wrong.length} import(s) break the floors` : `architecture: ${files.length} files keep to the floors`);
  process.exitCode = wrong.length ? 1 : 0;
}
