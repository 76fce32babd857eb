import type { HiveWorld } from '../world.ts';

/**
 * An address of documentation (RFC 3849) for this scenario alone, to be sent as X-Forwarded-For: what comes from
 * there spends no budget of other scenarios, which all come from loopback.
 */
export const ownAddress = ({ mark }: HiveWorld) => `2001:db8::${mark.slice(0, 4)}:${mark.slice(4)}`;
