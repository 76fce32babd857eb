import { expect } from 'chai';
import { test } from 'node:test';
import { RefusedExpression, rewriteExpression } from './expression-rewriting.ts';

const vocabulary = { names: new Set(['$json', '$', '$if', '$node']), extensions: new Set(['sum', 'first']) };
const rewrite = (text: string) => /return \(\n([\s\S]*)\n\)\}\)$/.exec(rewriteExpression(text, vocabulary).source)![1]!.replaceAll('__hive_data', 'D').replaceAll('__hive_runtime', 'R').replace(/^\(\s*|\s*\)$/g, '');
const refusal = (text: string): string => {
  try {
    rewriteExpression(text, vocabulary);
    return 'accepted';
  } catch (error) {
    return error instanceof RefusedExpression ? error.message : String(error);
  }
};

test('names of workflow data are read from one object, unless the expression declares them itself', () => {
  expect(rewrite('$json.a')).to.equal('D.$json.a');
  expect(rewrite('(($json) => $json)(1)')).to.equal('(($json) => $json)(1)');
  expect(rewrite('({ $json })')).to.equal('({ $json: D.$json })');
  expect(rewrite('this.a')).to.equal('D.a');
  expect(rewrite('Math.max(1)')).to.equal('Math.max(1)');
  expect(rewrite('fetch')).to.equal('R.nothing');
  expect(rewrite('unheardOf')).to.equal('R.missing("unheardOf")');
  expect(rewrite('typeof unheardOf')).to.equal('typeof void 0');
});

test('hoisted and nested declarations hide outer names only where they reach', () => {
  expect(rewrite('(() => { if (1) { var $json = 1 } return $json })()')).not.to.contain('D.');
  expect(rewrite('(() => { { let $json = 1 } return $json })()')).to.contain('return D.$json');
  expect(rewrite('[1].map(({ $json: x = $json }) => x)')).to.contain('x = D.$json');
  expect(rewrite('(() => { try { } catch ($json) { $json } return $json })()')).to.contain('{ $json } return D.$json');
});

test('a call of an extension asks for the type first, wherever it stands', () => {
  expect(rewrite('a.sum(1)')).to.equal('R.call(R.missing("a"), "sum", [1])');
  expect(rewrite('[1].first().sum($json.b[c])')).to.equal('R.call(R.call([1], "first", []), "sum", [D.$json.b[R.key(R.missing("c"))]])');
});

test('an optional chain stays one through the rewriting', () => {
  expect(rewrite('$json?.a.sum(1).b')).to.equal('R.chain(D.$json?.a, "sum", () => [1])?.b');
  expect(rewrite('$json.a.sum?.()')).to.equal('R.chain(D.$json.a, "sum", () => [])');
  expect(rewrite('(async () => $json?.sum(await 1))')).to.contain('R.given([await 1])');
});

test('only the branch that is taken will run', () => {
  expect(rewrite('$if($json.a, $json.b, 1)')).to.equal('((D.$json.a) ? (D.$json.b) : (1))');
  expect(rewrite('$if($json.a, 2)')).to.equal('((D.$json.a) ? (2) : (false))');
});

test('what is not one expression is invalid', () => {
  for (const text of ['', 'if (1) {}', 'const x = 1; x', 'await 1', '1) + (2', 'import("fs")', '({ __proto__: {} })', 'a b', '('.repeat(100_000)])
    expect(refusal(text), text.slice(0, 30)).to.equal('invalid syntax');
  for (const text of ['1;', '{ a: 1 }', '1 // why', '/* a */ 1', 'x = 1', 'a, b']) expect(refusal(text), text).to.equal('accepted');
});

test('properties that lead out of a sandbox are refused by name, in every notation', () => {
  for (const text of ['$json.constructor', '$json["constructor"]', '$json?.constructor', '(({ constructor: c }) => c)({})', '__lookupGetter__', 'Object.getPrototypeOf'])
    expect(refusal(text), text).to.match(/^Cannot access "\w+" due to security concerns$/);
  expect(refusal('(() => { const __hive_runtime = 1 })()')).to.equal('Cannot use "__hive_runtime" due to security concerns');
});

test('what an expression reads of other nodes is known where it is written down', () => {
  const { reads } = rewriteExpression("$('A').item.json.x + $node['B'].json.y + $node.C.json.z + $('D' + 1).first()", vocabulary);
  expect([...reads.nodes]).to.deep.equal(['A', 'B', 'C']);
  expect(reads.pairing).to.equal(true);
  expect(rewriteExpression("$('A').first()", vocabulary).reads.pairing).to.equal(false);
});
