import { test } from 'node:test';
import { expect } from 'chai';
import { z } from 'zod';
import { defineError, defineRoute } from '../../kernel/index.ts';
import { createOpenApi } from './document.ts';
import { openApiPage } from './page.ts';

defineError<object>('TOKEN_MISSING', 401, () => 'as identity defines it');
const item: z.ZodType = z.object({ id: z.uuid(), get children() { return z.array(item); } }).meta({ id: 'Item' });
const route = defineRoute({
  method: 'post', path: '/shelves/{shelf}/items', aliases: ['/api/shelves/{shelf}/items'], operationId: 'addItem', summary: 'Add <an item>', room: 'shelves',
  access: { permission: 'shelves.fill' }, params: z.object({ shelf: z.uuid() }), query: z.object({ dry: z.coerce.boolean().optional() }),
  body: z.object({ name: z.string(), count: z.number().default(1) }), answers: { 201: { description: 'Added', schema: item } }, errors: [{ code: 'SHELF_FULL', status: 409 }],
  handle: async () => ({ status: 201 }),
});
type Operation = { operationId: string; security: object[]; parameters: object[]; responses: Record<string, { content?: Record<string, { examples: object }> }> };
const document = createOpenApi([route], { title: 'Test', version: '1' });
const operation = document.paths['/shelves/{shelf}/items']?.['post'] as unknown as Operation;
const { schemas } = document['components'] as { schemas: Record<string, Record<string, unknown>> };

test('requests are described as sent, answers as given', () => {
  expect(schemas['AddItemRequest']?.['required']).to.deep.equal(['name']);
  expect(JSON.stringify(schemas['Item'])).to.contain('#/components/schemas/Item');
  expect(JSON.stringify(document)).to.not.contain('#/$defs/');
});

test('every alias is served under an id of its own', () => {
  expect(document.paths['/api/shelves/{shelf}/items']?.['post']?.['operationId']).to.equal('addItemAlias1');
});

test("an operation lists the stages' errors and its room's", () => {
  expect(Object.keys(operation.responses)).to.include.members(['201', '400', '401', '403', '409', '413', '415', '422', '429', '500']);
  expect(operation.responses['409']?.content?.['application/json']?.examples).to.have.property('SHELF_FULL');
  expect(operation.security).to.deep.equal([{ bearer: [] }]);
  expect(operation.parameters).to.deep.include({ name: 'dry', in: 'query', required: false, schema: { type: 'boolean' } });
});

test('the page shows the same, escaped, and fetches nothing', () => {
  const page = openApiPage(document);
  expect(page).to.contain('Add &lt;an item&gt;').and.to.contain('href="#schema-Item"');
  expect(page).to.not.match(/<script|src=|@import|https?:\/\//);
});
