/** What happens to machines, and what the platform makes of it. */
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { executes } from '../support/actors/customer.ts';
import { carrier, enginesOf, resumedBy, startsEngine, startsEngines, turnsToLivingEngines } from '../support/actors/operator.ts';
import type { HiveWorld } from '../support/world.ts';

Given('the platform runs on two engines of its own', { timeout: 120_000 }, async function (this: HiveWorld) {
  await startsEngines(this, 2);
});

Given('an execution of {workflow} is waiting for {string}', async function (this: HiveWorld, workflow: string, waitingFor: string) {
  await this.shipsOrders({ heldBack: [waitingFor] });
  const owner = this.workflow(workflow).owner;
  await executes(this, owner, { workflow, mode: 'async' });
  await this.calledTimes(waitingFor, 1);
});

When('the engine that carries it is killed', async function (this: HiveWorld) {
  const engine = carrier(this);
  await engine.kill();
  turnsToLivingEngines(this, engine);
  this.notes.set('gone', engine);
});

When('all engines are killed and one is started again', { timeout: 120_000 }, async function (this: HiveWorld) {
  const engine = carrier(this);
  await Promise.all(enginesOf(this).map((one) => one.kill()));
  await startsEngine(this);
  turnsToLivingEngines(this, engine);
});

When('the engine that carries it freezes until the other one has taken over, and wakes up again', async function (this: HiveWorld) {
  const engine = carrier(this);
  engine.freeze();
  await resumedBy(this, engine);
  engine.thaw();
  turnsToLivingEngines(this, engine);
});

When('the operator stops the engine that carries it', async function (this: HiveWorld) {
  const engine = carrier(this);
  // Not awaited: stopping waits for the running step, which the scenario lets go afterwards.
  this.track(engine.stop(), (stopped) => stopped);
  turnsToLivingEngines(this, engine);
});

Then('the other engine takes the execution up again', async function (this: HiveWorld) {
  const gone = this.notes.get('gone') as ReturnType<typeof carrier>;
  const engine = await resumedBy(this, gone);
  expect(engine.pid).to.not.equal(gone.pid);
});
