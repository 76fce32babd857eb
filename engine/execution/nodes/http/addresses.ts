/**
 * Which addresses a workflow may call. A name is judged by every address it resolves to, and the connection then
 * goes to exactly those: a name that resolves differently the second time gains nothing.
 */
import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { NodeFault } from '../fault.ts';

const closed = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12], ['192.0.0.0', 24],
  ['192.0.2.0', 24], ['192.168.0.0', 16], ['198.18.0.0', 15], ['198.51.100.0', 24], ['203.0.113.0', 24], ['224.0.0.0', 4], ['240.0.0.0', 4],
] as const)
  closed.addSubnet(network, prefix, 'ipv4');
// Also those that carry an IPv4 address inside: compatible, translated (RFC 6052, RFC 8215), Teredo and 6to4.
for (const [network, prefix] of [
  ['::', 96], ['64:ff9b::', 96], ['64:ff9b:1::', 48], ['100::', 64], ['2001::', 32], ['2001:db8::', 32], ['2002::', 16], ['fc00::', 7], ['fe80::', 10], ['fec0::', 10], ['ff00::', 8],
] as const)
  closed.addSubnet(network, prefix, 'ipv6');

/** Loopback, private, link-local, multicast and reserved networks; an IPv4 address written as IPv6 counts as itself. */
export function isPrivateAddress(address: string): boolean {
  return closed.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

function refuse(host: string): NodeFault {
  return new NodeFault(`The address of "${host}" is in a private network, which workflows may not call here`, {
    name: 'AddressRefused',
    description: 'Call a public address, or have the operator allow private addresses (HIVE_ALLOW_PRIVATE_ADDRESSES).',
  });
}

/** Throws for an address written as such; names are judged when they are looked up. */
export function guardHost(host: string, allowPrivate: boolean): void {
  const bare = host.replace(/^\[|\]$/g, '');
  if (!allowPrivate && isIP(bare) && isPrivateAddress(bare)) throw refuse(host);
}

/** `dns.lookup` that fails when any address of the name is private. */
export const guardedLookup: LookupFunction = (host, options, callback) => {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, []);
    if (addresses.some(({ address }) => isPrivateAddress(address))) return callback(refuse(host), []);
    const [first] = addresses;
    if (options.all || !first) return callback(null, addresses);
    callback(null, first.address, first.family);
  });
};
