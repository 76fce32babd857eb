/** The web services of others that workflows call. */
import { Given, When, type DataTable } from '@cucumber/cucumber';
import type { HiveWorld } from '../support/world.ts';

Given('the web service holds back its answer to {string}', async function (this: HiveWorld, path: string) {
  await this.shipsOrders({ heldBack: [path] });
});

Given('the web service fails once and then answers {string}', async function (this: HiveWorld, path: string) {
  await this.webService.script(this.path(path), [{ status: 503, body: { error: 'come back later' } }, { body: { sky: 'blue' } }]);
});

/** One answer a row, the last one repeats; columns: body, and status where it is not 200. */
Given('the web service answers {string} with', async function (this: HiveWorld, path: string, answers: DataTable) {
  await this.webService.script(this.path(path), answers.hashes().map(({ body, status }) => ({ body: JSON.parse(body!), ...(status && { status: Number(status) }) })));
});

Given('the web service never answers {string} well', async function (this: HiveWorld, path: string) {
  await this.webService.script(this.path(path), [{ status: 503, body: { error: 'out of order' } }]);
});

When('the web service refuses {string}', async function (this: HiveWorld, path: string) {
  await this.webService.release(this.path(path), { status: 402, body: { error: 'card declined' } });
});
