/** Who is there, and what they were answered. */
import { Given, Then } from '@cucumber/cucumber';
import { expect } from 'chai';
import { told } from '../support/actors/api-client.ts';
import { administers, joins } from '../support/actors/customer.ts';
import type { HiveWorld } from '../support/world.ts';

Given('{person} administers {tenant}', async function (this: HiveWorld, person: string, tenant: string) {
  await administers(this, person, tenant);
});

Given('{person} is a {word} of {tenant}', async function (this: HiveWorld, person: string, role: string, tenant: string) {
  await joins(this, person, tenant, { roles: [role] });
});

Then('the answer is {int}', function (this: HiveWorld, status: number) {
  expect(this.answer.status, told(this.answer)).to.equal(status);
});

Then('the answer is {int} with the code {string}', function (this: HiveWorld, status: number, code: string) {
  expect({ status: this.answer.status, code: this.answer.body.error?.code }, told(this.answer)).to.deep.equal({ status, code });
  expect(this.answer.body.error.message, 'a message that says what to do').to.be.a('string').with.length.greaterThan(20);
});
