import { expect } from 'chai';
import { after, test } from 'node:test';
import { silentLogger } from '../../kernel/index.ts';
import { from, itemsOf, ranWith, scopeWith } from './scope-for-test.ts';
import type { Scope } from './port.ts';
import { createSandbox } from './sandbox.ts';

const sandbox = createSandbox({ memoryMb: 64, timeoutMs: 2_000, log: silentLogger, processes: 1 });
after(() => sandbox.close());

const people = scopeWith(itemsOf({ name: 'Ada' }, { name: 'Grace' }));
const run = async (source: string, mode: 'allItems' | 'eachItem' = 'allItems', scope: Scope = people) => {
  const { results, ...rest } = await sandbox.runCode({ source, mode, scope, itemIndexes: scope.inputs[0]!.map((_, index) => index) });
  return { ...rest, values: results.map((result) => (result.ok ? result.value : `${result.error.name}: ${result.error.message}`)) };
};

test('items that the code changed are what it returns', async () => {
  const { values } = await run('for (const item of $input.all()) {\n  item.json.long = item.json.name.length;\n}\nreturn $input.all();');
  expect(values).to.deep.equal([[{ json: { name: 'Ada', long: 3 } }, { json: { name: 'Grace', long: 5 } }]]);
  expect(people.inputs[0]![0]!.json).to.deep.equal({ name: 'Ada' });
});

test('each item has its turn, and a failing one its own error with line and item', async () => {
  const source = 'const { name } = $json;\nif (name === "Ada")\n  throw new RangeError("not her");\nreturn { name, at: $itemIndex, same: item.json === $json };';
  expect((await run(source, 'eachItem')).values).to.deep.equal(['RangeError: not her [line 3, for item 0]', { name: 'Grace', at: 1, same: true }]);
});

test('code may await, wait and be sloppy', async () => {
  expect((await run('total = 0;\nfor (each of items) total += await Promise.resolve(each.json.name.length);\nreturn total')).values).to.deep.equal([8]);
  expect((await run('const before = Date.now(); await new Promise((done) => setTimeout(done, 20)); return Date.now() - before >= 19')).values).to.deep.equal([true]);
  expect((await run('let n = 0; await new Promise((done) => { const id = setInterval(() => { if (++n === 3) { clearInterval(id); done() } }, 1) }); return n')).values).to.deep.equal([3]);
});

test('code that cannot end says so', async () => {
  expect((await run('await new Promise(() => {})')).values[0]).to.contain('nothing will ever settle');
  expect((await run('await new Promise((done) => setTimeout(done, 60_000))')).values[0]).to.match(/^SandboxTimeout: The code of node 'Here' did not finish within 2000 ms$/);
});

test('text that is no code names its line', async () => {
  expect((await run('const a = 1;\nconst = 2;')).values[0]).to.match(/^SyntaxError: .* \[line 2\]$/);
});

test('console output is kept and not printed', async () => {
  const { console } = await run('console.log("seen", { a: 1 }, undefined); console.error(new TypeError("odd")); return []');
  expect(console).to.deep.equal(['seen {"a":1} undefined', 'TypeError: odd']);
});

test('static data comes back changed, by node and for all', async () => {
  const scope = { ...people, staticData: { global: { runs: 1 } } };
  const { staticData } = await run("$getWorkflowStaticData('global').runs += 1; $getWorkflowStaticData('node').seen = true; return []", 'allItems', scope);
  expect(staticData).to.deep.equal({ global: { runs: 2 }, 'node:Here': { seen: true } });
});

test('other nodes are reached, by a computed name too, and the code starts over unnoticed', async () => {
  const scope = scopeWith([{ json: {} }], { runData: { Start: [ranWith(itemsOf({ id: 1 }, { id: 2 }))], Mid: [ranWith([{ json: {}, pairedItem: 1 }], { source: [from('Start')] })] }, source: [from('Mid')] });
  const { values, staticData } = await run("$getWorkflowStaticData('global').n = ($getWorkflowStaticData('global').n ?? 0) + 1; return [$('Start').itemMatching(0).json.id, $('St' + 'art').all().length]", 'allItems', scope);
  expect(values).to.deep.equal([[2, 2]]);
  expect(staticData).to.deep.equal({ global: { n: 1 } });
});

test('dates, buffers and the like leave as JSON', async () => {
  const { values } = await run('return { at: DateTime.fromMillis(0), text: Buffer.from("aGk=", "base64").toString(), hex: Buffer.concat([Buffer.from("é"), Buffer.from([255])]).toString("hex"), back: atob(btoa("ok")), big: 5n, no: undefined, f() {} }');
  expect(values).to.deep.equal([{ at: '1969-12-31T19:00:00.000-05:00', text: 'hi', hex: 'c3a9ff', back: 'ok', big: '5' }]);
  expect((await run('return undefined')).values).to.deep.equal([undefined]);
});

test('modules are refused with the list of those allowed', async () => {
  expect((await run('return require("fs")')).values[0]).to.match(/^Error: Cannot find module 'fs': Code nodes may require these modules: none/);
});

test('a promise left rejected does not spoil the answer', async () => {
  expect((await run('Promise.reject(new Error("nobody cares")); return 1')).values).to.deep.equal([1]);
});
