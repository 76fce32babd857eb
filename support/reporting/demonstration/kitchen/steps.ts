/** A kitchen in place of a platform: just enough to make scenarios pass, fail, wait and pass on a retry. */
import { Before, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';

interface Kitchen {
  pie: 'raw' | 'golden';
}

/** Lives as long as the run: the retry of a scenario finds an oven that works by now. */
let faultyOvens = 1;

Before({ tags: '@cold-oven' }, function theOvenIsWarm() {
  throw new Error('the oven is cold');
});

Given('a raw pie', function (this: Kitchen) {
  this.pie = 'raw';
});

When('it is baked', function (this: Kitchen) {
  this.pie = 'golden';
});

When('it is baked in an oven that fails at first', function (this: Kitchen) {
  this.pie = faultyOvens > 0 ? 'raw' : 'golden';
  faultyOvens -= 1;
});

Then('it is golden', function (this: Kitchen) {
  expect(this.pie, 'the pie').to.equal('golden');
});

Then('it is pale', function (this: Kitchen) {
  expect(this.pie, 'the pie').to.equal('raw');
});

Then('it is burnt to a cinder', function (this: Kitchen) {
  expect(this.pie, 'the pie').to.equal('burnt');
});

Then('it gives {int} pieces', function (this: Kitchen, pieces: number) {
  expect(Array.from({ length: pieces }, () => this.pie)).to.have.length(pieces);
});

Then('somebody will say how it tastes', () => 'pending');
