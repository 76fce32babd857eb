import { describe, it } from 'node:test';
import { expect } from 'chai';
import { createPasswords } from './passwords.ts';

// Cheap on purpose: the cost is not what is tested.
const passwords = createPasswords({ memoryKib: 64, passes: 1 });

describe('passwords', () => {
  it('match their own hash only', async () => {
    const stored = await passwords.hash('likes pie');
    expect(await passwords.matches('likes pie', stored)).to.equal(true);
    expect(await passwords.matches('likes Pie', stored)).to.equal(false);
    expect(await passwords.matches('likes pie', await passwords.hash('another'))).to.equal(false);
  });

  it('are salted, so the same password twice gives two hashes', async () => {
    expect(await passwords.hash('likes pie')).to.not.equal(await passwords.hash('likes pie'));
  });

  it('match nothing where there is no hash', async () => void expect(await passwords.matches('likes pie', null)).to.equal(false));

  it('are read at the cost with which they were written', async () => {
    const stored = await createPasswords({ memoryKib: 128, passes: 2 }).hash('likes pie');
    expect(await passwords.matches('likes pie', stored)).to.equal(true);
    expect([passwords.outdated(stored), passwords.outdated(await passwords.hash('x'))]).to.deep.equal([true, false]);
  });

  it('agree with the published test of Argon2id', async () => {
    // From the reference implementation's tests: version 19, t=2, m=256, p=1, password "password", salt "somesalt".
    const reference = '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4';
    expect(await passwords.matches('password', reference)).to.equal(true);
  });
});
