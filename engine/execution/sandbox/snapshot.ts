/**
 * The heap that every isolate starts from: Luxon, JMESPath and our own files in `inside/`, loaded, hardened and
 * frozen once a process. A context from it is there in under a millisecond.
 */
import ivm from 'isolated-vm';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Vocabulary } from './expression-rewriting.ts';
import { unsafeProperties } from './permitted-names.ts';

export interface Snapshot {
  readonly heap: ivm.ExternalCopy<ArrayBuffer>;
  readonly vocabulary: Vocabulary;
}

/** In loading order; all share one function scope. `intrinsics` comes before anything that could be deceived. */
const INSIDE = [
  'intrinsics', 'failures', 'job', 'references', 'text-bytes', 'collection-extensions', 'string-extensions', 'scalar-extensions',
  'functions', 'names', 'dispatch', 'results', 'expressions', 'code-globals', 'code', 'entry',
] as const;

let built: Snapshot | undefined;

/** Built at the first call (about 150 ms), then shared: it holds no data of anybody. */
export function sandboxSnapshot(): Snapshot {
  built ??= build();
  return built;
}

function build(): Snapshot {
  const heap = ivm.Isolate.createSnapshot([{ code: wholeSource(positionsExtendedLater()), filename: 'sandbox.js' }]);
  const isolate = new ivm.Isolate({ snapshot: heap });
  const described = JSON.parse(isolate.createContextSync().evalSync('hive.describe()') as string) as { names: string[]; extensions: string[] };
  isolate.dispose();
  return { heap, vocabulary: { names: new Set(described.names), extensions: new Set(described.extensions) } };
}

/**
 * A new context adds recent language features to objects of the snapshot, and V8 ends the process when it finds
 * such an object frozen. Which ones differs by version, so they are found out: positions in `collectIntrinsics`.
 */
function positionsExtendedLater(): number[] {
  // In a function like the real thing: global declarations would join the walk and shift the positions.
  const probe = `(() => { "use strict";\n${inside('intrinsics')}\nglobalThis.keysBefore = intrinsics.map((value) => ownKeys(value).length); globalThis.probed = intrinsics; })();`;
  const isolate = new ivm.Isolate({ snapshot: ivm.Isolate.createSnapshot([{ code: probe }]) });
  const changed = 'JSON.stringify(probed.map((value, position) => Reflect.ownKeys(value).length === keysBefore[position] ? -1 : position).filter((position) => position >= 0))';
  const positions = JSON.parse(isolate.createContextSync().evalSync(changed) as string) as number[];
  isolate.dispose();
  return positions;
}

function wholeSource(latePositions: readonly number[]): string {
  const require = createRequire(import.meta.url);
  const luxon = readFileSync(join(require.resolve('luxon/package.json'), '../build/global/luxon.min.js'), 'utf8');
  const jmespath = readFileSync(require.resolve('jmespath'), 'utf8');
  const [first, ...rest] = INSIDE.map(inside);
  return [
    '(() => { "use strict";',
    first,
    `const UNSAFE_PROPERTIES = ${JSON.stringify(unsafeProperties)}; const LATE_POSITIONS = ${JSON.stringify(latePositions)};`,
    `const luxon = (() => { ${luxon}\nreturn luxon; })();`,
    `const jmespath = {}; (function (exports) { ${jmespath}\n})(jmespath);`,
    ...rest,
    '})();',
  ].join('\n');
}

function inside(name: string): string {
  return readFileSync(join(import.meta.dirname, 'inside', `${name}.js`), 'utf8');
}
