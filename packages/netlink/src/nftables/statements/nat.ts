import type { Family } from '@poplin/net';
import type { NftExpression } from '../expressions/expression.js';
import { ipFamily, type NftIpFamily } from '../objects/family.js';
import { flagsData } from './flags.js';

/** How ports are chosen where NAT has to, and addresses of a range (`persistent`: the same for the same client). */
export type NatFlag = 'random' | 'fully-random' | 'persistent';

/** What NAT puts in. */
export interface NatTarget {
  /** Needed in tables of family `inet`, where the address does not tell. */
  readonly family?: Family;
  /** An address, a `range` of them, or an expression that gives one: `lookup`. */
  readonly address?: NftExpression;
  /** A port or a `range` of them. */
  readonly port?: NftExpression;
  readonly flags?: readonly NatFlag[];
}

/** What NAT puts in, in JSON. */
export interface NftNatData {
  readonly family?: NftIpFamily;
  readonly addr?: NftExpression;
  readonly port?: NftExpression;
  readonly flags?: NatFlag | 'netmap' | readonly (NatFlag | 'netmap')[];
  readonly type_flags?: string | readonly string[];
}

/** Network address translation, in JSON. */
export type NftNat =
  | { readonly snat: NftNatData }
  | { readonly dnat: NftNatData }
  | { readonly masquerade: Pick<NftNatData, 'port' | 'flags'> | null }
  | { readonly redirect: Pick<NftNatData, 'port' | 'flags'> | null };

/** How masquerading chooses the source port: from a range, or by flags. */
export interface MasqueradeOptions {
  /** A `range`; only behind a match on the protocol, as `meta l4proto tcp` is one. */
  readonly port?: NftExpression;
  readonly flags?: readonly NatFlag[];
}

/**
 * Gives the packet the address of the outgoing link as its source. Same as `masquerade [FLAGS]`,
 * `masquerade to :PORT-PORT [FLAGS]`.
 */
export function masquerade(options: MasqueradeOptions): NftNat;
export function masquerade(...flags: NatFlag[]): NftNat;
export function masquerade(...given: [MasqueradeOptions] | NatFlag[]): NftNat {
  const [first] = given;
  const options = typeof first === 'object' ? first : { flags: given as NatFlag[] };
  return { masquerade: natData(options) };
}

/** Gives the packet another source. Same as `snat ip to ADDRESS:PORT`. */
export function snat(target: NatTarget): NftNat {
  return { snat: natData(target) ?? {} };
}

/** Gives the packet another destination. Same as `dnat ip to ADDRESS:PORT`. */
export function dnat(target: NatTarget): NftNat {
  return { dnat: natData(target) ?? {} };
}

/** Gives the packet this host as its destination. Same as `redirect to :PORT`. */
export function redirect(port?: NftExpression): NftNat {
  return { redirect: natData({ ...(port !== undefined && { port }) }) };
}

/** `null` where nothing is given: so libnftables wants it. */
function natData({ family, address, port, flags = [] }: NatTarget): NftNatData | null {
  const data = {
    ...(family && { family: ipFamily(family) }),
    ...(address !== undefined && { addr: address }),
    ...(port !== undefined && { port }),
    ...flagsData(flags),
  };
  return Object.keys(data).length === 0 ? null : data;
}
