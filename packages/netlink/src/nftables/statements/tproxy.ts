import type { Family } from '@poplin/net';
import type { NftExpression } from '../expressions/expression.js';
import { ipFamily, type NftIpFamily } from '../objects/family.js';
import type { NatTarget } from './nat.js';

/** A redirection to a local socket, in JSON. */
export interface NftTproxy {
  readonly tproxy: {
    readonly family?: NftIpFamily;
    readonly addr?: NftExpression;
    readonly port?: NftExpression;
  };
}

/**
 * Gives the packet to a local socket with IP_TRANSPARENT, without a change. Behind a match on the protocol, in `prerouting`. Same
 * as `tproxy ip to ADDRESS:PORT`.
 */
export function tproxy({ family, address, port }: Omit<NatTarget, 'flags'>): NftTproxy {
  return {
    tproxy: {
      ...(family && { family: ipFamily(family satisfies Family) }),
      ...(address !== undefined && { addr: address }),
      ...(port !== undefined && { port }),
    },
  };
}
