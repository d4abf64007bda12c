import type { NftExpression } from './expression.js';

/** A TCP option, or one of its fields; without a field, whether it is there. In JSON. */
export interface NftTcpOption {
  readonly name: 'maxseg' | 'window' | 'sack-perm' | 'sack' | 'timestamp' | (string & {});
  readonly field?: string;
}

/** Facts of the route that the packet takes: `mtu` is the largest TCP segment that fits it. */
export type NftRouteKey = 'classid' | 'nexthop' | 'mtu' | 'ipsec';

/** A field of a TCP option. Same as `tcp option maxseg size`. */
export function tcpOption(name: NftTcpOption['name'], field?: string): NftExpression {
  return { 'tcp option': { name, ...(field !== undefined && { field }) } };
}

/** A fact of the route that the packet takes. Same as `rt mtu`. */
export function rt(key: NftRouteKey): NftExpression {
  return { rt: { key } };
}
