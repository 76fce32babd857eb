import { describe, it } from 'node:test';
import { expect } from 'chai';
import { TestStepResultStatus } from '@cucumber/messages';
import { readRun } from './run-record.ts';
import { rehearse, type Rehearsal } from './rehearsal.ts';

const uri = 'features/kitchen/pies.feature';
const pies = `
@flow:bake
Feature: Pies
  What is promised.

  \`\`\`mermaid
  sequenceDiagram
    A->>B: bake
  \`\`\`

  Why it matters.

  Background:
    Given an oven

  Rule: Pies are golden

    Scenario: One pie
      When it is baked
      Then it is golden

  Rule: Pies are cut

    Scenario Outline: A pie is cut
      When it is cut into <pieces>

      Examples:
        | pieces |
        | 2      |
        | 8      |
`;
const run = (rehearsal: Omit<Rehearsal, 'features'>) => readRun(rehearse({ features: { [uri]: pies }, ...rehearsal }));
const statuses = (rehearsal: Omit<Rehearsal, 'features'>) => run(rehearsal).scenarios.map(({ status }) => status);

describe('the record of a run', () => {
  it('says where each scenario stands, and what its feature promises', () => {
    const { features, scenarios } = run({});
    expect(scenarios.map(({ id }) => id)).to.deep.equal([`${uri} > Pies are golden > One pie`, `${uri} > Pies are cut > A pie is cut > row 1`, `${uri} > Pies are cut > A pie is cut > row 2`]);
    expect(scenarios.map(({ example }) => example?.values)).to.deep.equal([undefined, 'pieces: 2', 'pieces: 8']);
    expect(scenarios[0]!.steps.map(({ keyword, text }) => `${keyword} ${text}`)).to.deep.equal(['Given an oven', 'When it is baked', 'Then it is golden']);
    expect(features[0]).to.include({ room: 'kitchen', promise: 'What is promised.\n\nWhy it matters.' });
    expect(features[0]!.diagrams).to.deep.equal(['sequenceDiagram\n  A->>B: bake']);
  });

  it('keeps scenarios apart that several workers ran at once', () => {
    const { scenarios, timing } = run({ workers: 3, scenarios: { 'One pie': [{ steps: ['PASSED', 'FAILED', 'SKIPPED'], error: 'burnt' }] } });
    expect(scenarios.map(({ status }) => status)).to.deep.equal(['failed', 'passed', 'passed']);
    expect(scenarios[0]!.steps.map(({ status, error }) => error ?? status)).to.deep.equal(['passed', 'burnt', 'skipped']);
    expect(timing.workers).to.equal(3);
  });

  it('fails a scenario whose hook fails, before or after steps that pass', () => {
    expect(statuses({ scenarios: { 'One pie': [{ before: 'FAILED' }] } })).to.deep.equal(['failed', 'passed', 'passed']);
    const { scenarios } = run({ scenarios: { 'One pie': [{ after: 'FAILED', error: 'a socket was left open' }] } });
    expect(scenarios[0]!.status).to.equal('failed');
    expect(scenarios[0]!.steps.at(-1)).to.include({ keyword: 'After', text: 'support/hooks.ts:9', error: 'a socket was left open' });
  });

  it('counts a retried scenario once and remembers the attempts', () => {
    const { scenarios } = run({ scenarios: { 'One pie': [{ steps: ['FAILED'] }, { milliseconds: 70 }] } });
    expect(scenarios).to.have.length(3);
    expect(scenarios[0]).to.include({ status: 'passed', attempts: 2, milliseconds: 70 });
  });

  it('takes nothing for passed that did not run to its end', () => {
    expect(statuses({ scenarios: { 'One pie': [{ isLost: true }] } })).to.deep.equal(['unknown', 'passed', 'passed']);
    expect(statuses({ scenarios: { 'One pie': [{ before: 'SKIPPED' }] } })).to.deep.equal(['skipped', 'passed', 'passed']);
    expect(run({ isUnfinished: true }).problems).to.deep.equal(['the run did not come to its end']);
    const empty = readRun(rehearse({ features: { [uri]: 'Feature: Empty\n  Scenario: Nothing is said\n' } }));
    expect(empty.scenarios.map(({ status }) => status)).to.deep.equal(['pending']);
  });

  it('counts what was left out, but not as failed', () => {
    const { leftOut, scenarios } = run({ scenarios: { 'A pie is cut': 'left out' } });
    expect([leftOut, scenarios.length]).to.deep.equal([2, 1]);
  });

  it('counts every scenario as not run when the run failed before the first one', () => {
    const messages = rehearse({ features: { [uri]: pies } }).filter((envelope) => !Object.keys(envelope)[0]!.startsWith('testCase') && !envelope.testStepFinished);
    messages.push({ testRunHookFinished: { testRunHookStartedId: 'x', timestamp: { seconds: 0, nanos: 0 }, result: { status: TestStepResultStatus.FAILED, duration: { seconds: 0, nanos: 0 }, message: 'no database' } } });
    const { scenarios, problems } = readRun(messages);
    expect(scenarios.map(({ status }) => status)).to.deep.equal(['unknown', 'unknown', 'unknown']);
    expect(problems).to.deep.equal(['a hook of the run failed: no database']);
  });

  it('tells how busy the workers were', () => {
    const serial = run({}).timing;
    expect(serial).to.include({ workers: 1, efficiency: 1 });
    expect(serial.testingSeconds).to.be.closeTo(0.03, 1e-6);
  });
});
