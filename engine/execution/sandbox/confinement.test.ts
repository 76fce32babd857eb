/** Attempts to get out, to stay in, or to take too much. */
import { expect } from 'chai';
import { after, test } from 'node:test';
import { silentLogger } from '../../kernel/index.ts';
import { itemsOf, scopeWith } from './scope-for-test.ts';
import { createSandbox } from './sandbox.ts';

const LIMITS = { memoryMb: 32, timeoutMs: 800 };
const sandbox = createSandbox({ ...LIMITS, log: silentLogger, processes: 1 });
after(() => sandbox.close());

const scope = scopeWith(itemsOf({ text: 'x', list: [1, 2] }));
const evaluate = async (expression: string, executionId = 'execution-1') => {
  const [result] = await sandbox.resolve(`={{ ${expression} }}`, { ...scope, execution: { id: executionId, mode: 'test' } }, [0]);
  return result!.ok ? result!.value : `${result!.error.name}: ${result!.error.message}`;
};
const code = async (source: string, executionId = 'execution-1') => {
  const { results } = await sandbox.runCode({ source, mode: 'allItems', scope: { ...scope, execution: { id: executionId, mode: 'test' } }, itemIndexes: [0] });
  return results[0]!.ok ? results[0]!.value : `${results[0]!.error.name}: ${results[0]!.error.message}`;
};

test('no way from an expression to the maker of functions', async () => {
  const refused = /^ExpressionError: Cannot access "\w+" due to security concerns$/;
  for (const attempt of ['$json.text["const" + "ructor"]', '[]["__pro" + "to__"]', '(() => { const { ["constr" + "uctor"]: c } = {}; return c })()', '$json?.[`proto${"type"}`]', 'DateTime["proto" + "type"]', '({ x: 1 })[["constructor"]]', 'this["constr" + "uctor"]'])
    expect(await evaluate(attempt), attempt).to.match(refused);
  expect(await evaluate('(() => { let n = 0; const key = { toString: () => (n++ ? "constructor" : "text") }; return $json[key] })()')).to.equal('x');
});

test('what stands for the way out is empty or absent', async () => {
  for (const name of ['globalThis', 'Function', 'eval', 'Reflect', 'Proxy', 'WebAssembly', 'setTimeout', 'fetch']) expect(await evaluate(name), name).to.deep.equal({});
  for (const name of ['require', 'module', 'hive', 'luxon', 'ivm', 'job', 'enter', 'SharedArrayBuffer', 'Atomics', 'window', 'console', '(function () { return this })()', 'Object.defineProperty', 'Object.setPrototypeOf', 'Error.captureStackTrace', 'process.pid'])
    expect(await evaluate(name), name).to.equal(undefined);
});

test('code cannot make code from text, nor find the way in', async () => {
  for (const maker of ['(() => {}).constructor', '(async () => {}).constructor', '(function* () {}).constructor', 'Function', 'globalThis.eval', 'Object.getPrototypeOf(async function* () {}).constructor'])
    expect(await code(`return (${maker})('return 1')()`), maker).to.match(/^EvalError: /);
  expect(await code('return [typeof hive, typeof process, typeof require("x")]')).to.contain('Cannot find module');
  expect(await code('return ["hive", "process", "ivm", "WebAssembly", "SharedArrayBuffer"].filter((name) => name in globalThis)')).to.deep.equal([]);
  expect(await code('Error.prepareStackTrace = (_, frames) => frames; return typeof new Error().stack')).to.equal('string');
});

test('prototypes take no pollution, from expressions or from code', async () => {
  for (const attempt of ['Object.assign(Array, { isArray: () => "mine" })', '([].push.bad = 1)', 'Object.assign(Object, { bad: 1 })', '(DateTime.now = () => 1)', '(JSON.stringify = () => "1")', '(Array.from = 1)'])
    expect(await evaluate(attempt), attempt).to.equal(undefined);
  expect(await code('Object.prototype.bad = 1; Array.prototype.map = () => 1; JSON = { stringify: () => "forged" }; Math.max = 1; return [({}).bad === undefined, [1].map((x) => x)]')).to.deep.equal([true, [1]]);
  expect(await evaluate('[({}).bad, Array.isArray([]), DateTime.now().isValid]')).to.deep.equal([null, true, true]);
});

test('an object may still have a toString or a constructor of its own', async () => {
  expect(await evaluate('(() => { const o = {}; o.toString = () => "own"; return `${o}` })()')).to.equal('own');
  expect(await code('function Old() {}\nOld.prototype.toString = () => "old"; const e = new Error("a"); e.message = "b"; const count = {}; count["constructor"] = 1; return [`${new Old()}`, e.message, count.constructor]')).to.deep.equal(['old', 'b', 1]);
});

test('nothing stays behind for another run, or for the next expression', async () => {
  expect(await code('leftBehind = 1; globalThis.also = 2; return 1', 'execution-a')).to.equal(1);
  expect(await code('return [typeof leftBehind, typeof also]', 'execution-a')).to.deep.equal(['undefined', 'undefined']);
  expect(await evaluate('(() => { leftBehind = 1; this.other = 2; return leftBehind })()', 'execution-b')).to.equal(undefined);
  expect(await evaluate('[typeof leftBehind, typeof other]', 'execution-b')).to.deep.equal(['undefined', 'undefined']);
});

test('an execution gets a context of its own: not even the last match of another is to be seen', async () => {
  expect(await evaluate('/(secret)/.test("a secret") && RegExp.$1', 'execution-c')).to.equal('secret');
  expect(await evaluate('RegExp.$1', 'execution-d')).to.equal('');
});

test('a key that would set a prototype does not come out', async () => {
  const value = (await code('return { fine: 1, inner: { ["__proto__"]: { admin: true } } }')) as { inner: object };
  expect(Object.keys(value.inner)).to.deep.equal([]);
  expect(Object.assign({}, value.inner)).not.to.have.property('admin');
});

for (const [what, expression] of [
  ['a loop', '(() => { while (true); })()'],
  ['a loop of promises', '(async () => { while (true) await 1; })()'],
  ['a regular expression that explodes', '/^(a+)+$/.test("a".repeat(50) + "b")'],
  ['a loop of the language itself, which nothing interrupts', 'Array(1e9).concat(1).flat()'],
] as const)
  test(`${what} ends at the time limit, and the next job finds the sandbox in order`, async () => {
    const started = performance.now();
    expect(await evaluate(expression)).to.equal("SandboxTimeout: The expressions of node 'Here' did not finish within 800 ms");
    expect(performance.now() - started).to.be.below(5_000);
    expect(await evaluate('$json.list.sum()')).to.equal(3);
  });

for (const [what, expression] of [
  ['hoarding arrays', '(() => { const all = []; for (;;) all.push(new Array(1e5).fill(1)); })()'],
  ['a map that grows for ever', '(() => { const all = new Map(); for (let n = 0; ; n++) all.set(n, n); })()'],
  ['a size that ends the process', '"x".repeat(5e8).split("").length'],
] as const)
  test(`${what} ends at the memory limit, and the next job finds the sandbox in order`, async () => {
    expect(await evaluate(expression)).to.match(/^Sandbox(MemoryExceeded: The expressions of node 'Here' needed more than 32 MB|Timeout)/);
    expect(await evaluate('$json.list.sum()')).to.equal(3);
  });

test('jobs wait for a free process, and fail together with the sandbox', async () => {
  const short = createSandbox({ memoryMb: 32, timeoutMs: 5_000, log: silentLogger, processes: 1 });
  const values = await Promise.all([1, 2, 3].map((n) => short.resolve(`={{ ${n} + $json.list.length }}`, scope, [0])));
  expect(values.map(([result]) => result!.ok && result!.value)).to.deep.equal([3, 4, 5]);
  const pending = [short.resolve('={{ (() => { while (true); })() }}', scope, [0]), short.resolve('={{ 1 + 1 }}', scope, [0])];
  const outcomes = Promise.all(pending.map((one) => one.then(() => 'resolved', (error: { code: string }) => error.code)));
  await short.close();
  await short.close();
  expect(await outcomes).to.deep.equal(['SANDBOX_CLOSED', 'SANDBOX_CLOSED']);
});
