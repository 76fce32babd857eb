import { expect } from 'chai';
import { test } from 'node:test';
import { systemClock } from '../kernel/index.ts';
import { phases, type Phase } from './records.ts';
import type { RunLog } from './run-log.ts';
import { createStateManager, isLegalChange } from './state-manager.ts';

/** The arrows of features/execution/state-machine.feature. */
const drawn: readonly (readonly [Phase | undefined, Phase])[] = [
  [undefined, 'PENDING'], ['PENDING', 'RUNNING'], ['RUNNING', 'TRANSITIONING'], ['RUNNING', 'RECOVERING'], ['RECOVERING', 'RUNNING'],
  ['RECOVERING', 'COMPLETED'], ['TRANSITIONING', 'RUNNING'], ['TRANSITIONING', 'COMPLETED'],
];

test('the state manager knows the arrows of the picture and no other', () => {
  const known = [undefined, ...phases].flatMap((from) => phases.filter((to) => isLegalChange(from, to)).map((to) => [from, to]));
  expect(known).to.have.deep.members(drawn as unknown[]);
});

test('an illegal change is refused, and nothing of it reaches the log', async () => {
  const noted: string[] = [];
  const log = { executionId: 'e', tenantId: 't', replaying: 0, once: async (kind: string, make: () => unknown) => (noted.push(kind), make()), barrier: async () => undefined };
  const state = createStateManager({ log: log as unknown as RunLog, clock: systemClock });
  await state.enter('PENDING', 'start');
  const refusal = await state.enter('TRANSITIONING', 'too early').catch((error: unknown) => error);
  expect(refusal).to.include({ code: 'PHASE_CHANGE_ILLEGAL' });
  expect(state.phase).to.equal('PENDING');
  expect(noted).to.deep.equal(['phase.changed']);
});
