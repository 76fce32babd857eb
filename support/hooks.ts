import { After, AfterAll, Before, setDefaultTimeout } from '@cucumber/cucumber';
import { told } from './actors/api-client.ts';
import { closeShared, type HiveWorld } from './world.ts';

/** A bound against hanging, not a measure of speed: a busy two-core machine may take its time. */
setDefaultTimeout(60_000);

Before(function (this: HiveWorld, { pickle, gherkinDocument }) {
  this.pickle = pickle;
  this.document = gherkinDocument;
});

After(async function (this: HiveWorld, { result }) {
  for (let undo = this.cleanups.pop(); undo; undo = this.cleanups.pop()) await undo();
  if (result?.status === 'PASSED' && this.unseenFailure)
    throw new Error(`a request failed and no step looked at the failure: ${told(this.unseenFailure)}`);
});

AfterAll(closeShared);
