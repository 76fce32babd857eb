/** The diagram that a feature draws, held against what really happened. */
import { Then } from '@cucumber/cucumber';
import { assertDiagram } from '../support/actors/diagram-reader.ts';
import type { HiveWorld } from '../support/world.ts';

Then('what happened matches the diagram', async function (this: HiveWorld) {
  await assertDiagram(this, this.answer, {});
});

Then('what happened matches the diagram, with {string} {times}', async function (this: HiveWorld, loop: string, times: number) {
  await assertDiagram(this, this.answer, { loops: { [loop]: times } });
});

Then('what happened matches the diagram, in the branch {string}', async function (this: HiveWorld, branch: string) {
  await assertDiagram(this, this.answer, { branch });
});
