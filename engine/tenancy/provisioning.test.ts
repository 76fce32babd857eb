import { describe, it } from 'node:test';
import { expect } from 'chai';
import { tenantSlug } from './contract.ts';
import { migrationFor } from './provisioning.ts';

describe('a migration for one place', () => {
  it('names schema and role as quoted identifiers, wherever it mentions them', () => {
    const text = 'grant select on {{schema}}.a, {{schema}}.b to {{role}}';
    expect(migrationFor({ schema: 't_1', role: 'odd"$&role' }, text)).to.equal('grant select on "t_1".a, "t_1".b to "odd""$&role"');
  });
});

describe('a short name', () => {
  for (const [slug, valid] of [
    ['acme', true], ['acme-2', true], ['a', false], ['Acme', false], ['-acme', false], ['acme--2', false], ['a'.repeat(64), false],
    ['7a0f9a34-58ef-4b0a-8f0c-6a3f2f7f1c55', false],
  ] as const)
    it(`"${slug}" is ${valid ? 'one' : 'none'}`, () => void expect(tenantSlug.safeParse(slug).success).to.equal(valid));
});
