import { expect } from 'chai';
import { describe, it } from 'node:test';
import type { Sandbox } from '../sandbox/port.ts';
import { codeNode, functionNode } from './code.ts';
import type { NodeCall, NodeType } from './node-type.ts';
import { Values } from './values.ts';

/** Runs `type` on code that answers with `value`. */
async function answering(type: NodeType, value: unknown): Promise<unknown> {
  const runCode: Sandbox['runCode'] = async () => ({ results: [{ ok: true, value }], console: [], staticData: {} });
  const call = { items: [], continues: false, scope: { staticData: {} }, at: () => new Values({ language: 'javaScript' }), services: { sandbox: { runCode } } };
  return type.execute(call as unknown as NodeCall);
}

async function complaint(run: Promise<unknown>): Promise<string> {
  return run.then(() => 'none', (error: Error) => error.message);
}

describe('the answer of Function 1', () => {
  it("may hold a list as an item's json", async () => {
    expect(await answering(functionNode, [{ json: ['pie', 'gravy'] }])).to.deep.equal({ outputs: [[{ json: ['pie', 'gravy'] }]] });
  });

  it('may not hold a scalar or nothing there', async () => {
    expect(await complaint(answering(functionNode, [{ json: 'pie' }]))).to.equal('The json-property has to be an object!');
    expect(await complaint(answering(functionNode, [{ json: null }]))).to.equal('The json-property has to be an object!');
  });
});

describe('the answer of Code', () => {
  it("may not hold a list as an item's json", async () => {
    expect(await complaint(answering(codeNode, [{ json: ['pie'] }]))).to.equal("A 'json' property isn't an object [item 0]");
  });
});
