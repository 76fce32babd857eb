import { expect } from 'chai';
import { after, test } from 'node:test';
import { silentLogger } from '../../kernel/index.ts';
import { from, itemsOf, linkTo, namedNode, ranWith, scopeWith } from './scope-for-test.ts';
import type { Scope } from './port.ts';
import { createSandbox } from './sandbox.ts';

const sandbox = createSandbox({ memoryMb: 64, timeoutMs: 5_000, log: silentLogger, processes: 1 });
after(() => sandbox.close());

const orders = itemsOf({ id: 7, total: 12.5, tags: ['b', 'a'], buyer: { name: 'Ada' } }, { id: 8, total: 3, tags: [] });
const first = async (template: unknown, scope: Scope = scopeWith(orders)): Promise<unknown> => {
  const [result] = await sandbox.resolve(template, scope, [0]);
  return result!.ok ? result!.value : `${result!.error.name}: ${result!.error.message}`;
};

test('a chunk alone keeps its type; beside text it becomes text', async () => {
  expect(await first({ n: '={{ $json.id }}', s: '=#{{ $json.id }}', o: '={{ $json.buyer }}', t: '= {{ $json.id }}', plain: 5, text: '{{ no }}', list: ['={{ 1 }}', 'x'] }))
    .to.deep.equal({ n: 7, s: '#7', o: { name: 'Ada' }, t: ' 7', plain: 5, text: '{{ no }}', list: [1, 'x'] });
  expect(await first('={{ null }}|{{ absent }}|{{ $json.a.b }}|{{ false }}|{{ {} }}|{{ [2,1] }}')).to.equal('|||false|[object Object]|2,1');
});

test('what is missing is undefined, what is broken is an error of its item alone', async () => {
  expect(await first('={{ $json.no.such.thing }}')).to.equal(undefined);
  expect(await first('={{ unheardOf() }}')).to.equal(undefined);
  expect(await first('={{ 1 + }}')).to.equal('Error: invalid syntax');
  const results = await sandbox.resolve('={{ $json.tags.isEmpty() ? "8".isOdd() : 1 }}', scopeWith(orders), [0, 1]);
  expect(results.map(({ ok }) => ok)).to.deep.equal([true, false]);
});

test('values without JSON survive at the top and follow JSON below', async () => {
  expect(await first({ u: '={{ undefined }}', n: '={{ NaN }}', i: '={{ -Infinity }}', b: '={{ 12n }}', f: '={{ () => 1 }}', s: '={{ Symbol("x") }}' })).to.deep.equal({ u: undefined, n: NaN, i: -Infinity, b: '12', f: {}, s: undefined });
  expect(await first('={{ [undefined, () => 1, new Date(0), { a: undefined }, 3n] }}')).to.deep.equal([null, null, '1970-01-01T00:00:00.000Z', {}, '3']);
  expect(await first('={{ (() => { const a = []; a.push(a); return a })() }}')).to.contain('refers to itself');
});

test('every item sees its own data, and a thousand are one crossing', async () => {
  const many = itemsOf(...Array.from({ length: 1_000 }, (_, a) => ({ a })));
  const results = await sandbox.resolve('={{ $json.a + $itemIndex }}', scopeWith(many), many.map((_, index) => index));
  expect(results.map((result) => result.ok && result.value)).to.deep.equal(many.map((_, index) => index * 2));
});

test('an expression may change its data without anybody else noticing', async () => {
  expect(await first(['={{ $json.tags.sort().join() }}', '={{ (() => { $json.buyer.name = "Eve"; return $json.buyer.name })() }}', '={{ $json.tags.join() + $json.buyer.name }}'])).to.deep.equal(['a,b', 'Eve', 'b,aAda']);
  expect(await first('={{ $input.all().reverse().map(i => i.json.id).join() }}/{{ $input.first().json.id }}')).to.equal('8,7/7');
});

test('variables of an expression end with it', async () => {
  expect(await first(['={{ (() => { sum = 0; for (each of [1, 2]) sum += each; return sum })() }}', '={{ typeof sum }}'])).to.deep.equal([3, 'undefined']);
});

test('input, workflow, execution and source are at hand', async () => {
  expect(await first({ all: '={{ $input.all().length }}', last: '={{ $input.last().json.id }}', item: '={{ $input.item.json.id }}', workflow: '={{ $workflow.name }}', execution: '={{ $execution.mode }}', previous: '={{ $prevNode.name }}', version: '={{ $nodeVersion }}', self: '={{ this.$json.id }}' }))
    .to.deep.equal({ all: 2, last: 8, item: 7, workflow: 'Orders', execution: 'production', previous: 'Start', version: 3.4, self: 7 });
  expect(await first('={{ $input.first(1) }}')).to.equal('ExpressionError: $input.first() should have no arguments');
  expect(await first('={{ $env.PATH }}')).to.equal('ExpressionError: access to env vars denied');
  expect(await first('={{ $json.a }}', scopeWith([], { source: [] }))).to.equal('ExpressionError: No execution data available');
});

test('now is what was recorded, in the zone of the workflow', async () => {
  expect(await first({ now: '={{ $now }}', today: '={{ $today.toISO() }}', date: '={{ new Date().toISOString() }}', luxon: '={{ DateTime.now().hour }}' }))
    .to.deep.equal({ now: '2026-03-14T11:09:26.000-04:00', today: '2026-03-14T00:00:00.000-04:00', date: '2026-03-14T15:09:26.000Z', luxon: 11 });
  expect(await first('={{ $now.zoneName }}', scopeWith(orders, { timezone: 'Asia/Tokyo' }))).to.equal('Asia/Tokyo');
});

const twoBranches: Partial<Scope> = {
  nodes: [namedNode('Start'), namedNode('If', { mode: 'rules' }), namedNode('Here', { price: '={{ $json.total * 2 }}', self: '={{ $parameter.self }}' }), namedNode('Idle')],
  connections: { Start: linkTo('If'), If: { main: [[], [{ node: 'Here', type: 'main', index: 0 }]] } },
  runData: { Start: [ranWith(orders)], If: [{ outputs: [itemsOf({ id: 1 }), [{ json: { id: 8 }, pairedItem: { item: 1 } }]], source: [from('Start')] }] },
  source: [from('If', 1)],
  contexts: { If: { rounds: 3 } },
};
const below = scopeWith([{ json: { id: 8, total: 4 } }], twoBranches);

test('other nodes are read by origin, by position or as a whole', async () => {
  expect(await first({
    item: "={{ $('Start').item.json.id }}", matching: "={{ $('Start').itemMatching(0).json.id }}", first: "={{ $('If').first().json.id }}", other: "={{ $('If').first(0).json.id }}",
    last: "={{ $('Start').last().json.id }}", all: "={{ $('Start').all().length }}", legacy: '={{ $node["Start"].json.id }}', dotted: '={{ $node.Start.json.id }}',
    items: '={{ $items("Start")[1].json.id }}', at: '={{ $item(0).$node["Start"].json.id }}', ran: "={{ $('Start').isExecuted }}{{ $('Idle').isExecuted }}", context: "={{ $('If').context.rounds }}", params: "={{ $('If').params.mode }}",
  }, below)).to.deep.equal({ item: 8, matching: 8, first: 8, other: 1, last: 8, all: 2, legacy: 7, dotted: 7, items: 8, at: 7, ran: 'truefalse', context: 3, params: 'rules' });
});

test('names that only the run knows are looked up when they are reached', async () => {
  expect(await first("={{ $('Sta' + 'rt')['it' + 'em'].json.id + $('I' + 'f').first().json.id }}", below)).to.equal(16);
  expect(await first("={{ $('Gh' + 'ost').item }}", below)).to.equal("ExpressionError: Referenced node doesn't exist: 'Ghost'");
});

test('parameters with expressions are resolved when read, and a circle is named', async () => {
  expect(await first('={{ $parameter.price }}/{{ $rawParameter.price }}', below)).to.equal('8/={{ $json.total * 2 }}');
  expect(await first('={{ $parameter.self }}', below)).to.equal('ExpressionError: An expression refers to itself');
  expect(await first('={{ $evaluateExpression("{" + "{ $json.id }" + "}") }}', below)).to.equal(8);
});

test('a node that did not run and a lost trail say what to do', async () => {
  const failure = async (template: string, scope: Scope) => {
    const [result] = await sandbox.resolve(template, scope, [0]);
    return result!.ok ? undefined : { type: (result!.error.context as { type: string }).type, helps: result!.error.description !== undefined };
  };
  expect(await failure("={{ $('Idle').first().json }}", below)).to.deep.equal({ type: 'no_node_execution_data', helps: true });
  const lost = scopeWith([{ json: {} }], { ...twoBranches, runData: { ...twoBranches.runData, If: [{ outputs: [[], [{ json: {} }]], source: [from('Start')] }] } });
  expect(await failure("={{ $('Start').item.json.id }}", lost)).to.deep.equal({ type: 'paired_item_no_info', helps: true });
  const torn = scopeWith([{ json: {} }], { ...twoBranches, runData: { ...twoBranches.runData, If: [{ outputs: [[], [{ json: {}, pairedItem: [0, 1] }]], source: [from('Start')] }] } });
  expect(await failure("={{ $('Start').item.json.id }}", torn)).to.deep.equal({ type: 'paired_item_multiple_matches', helps: true });
});
