import { expect } from 'chai';
import { describe, it } from 'node:test';
import { isPrivateAddress } from './addresses.ts';

describe('addresses', () => {
  for (const address of ['127.0.0.1', '10.0.0.8', '172.31.255.255', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0', '::1', 'fd00::1', 'fe80::1', '::ffff:10.0.0.1', '::ffff:a00:1', '::127.0.0.1', '2002:7f00:1::', '64:ff9b:1::7f00:1', '192.0.2.1'])
    it(`${address} is private`, () => void expect(isPrivateAddress(address)).to.equal(true));
  for (const address of ['8.8.8.8', '172.32.0.1', '2606:4700::1111', '::ffff:8.8.8.8']) it(`${address} is public`, () => void expect(isPrivateAddress(address)).to.equal(false));
});
