import type { AttributeWriter } from '../../../codec/attribute-writer.js';
import type { Attributes } from '../../../codec/attributes.js';
import { namesOf } from '../../names.js';
import { type Fields, flag, readFields, u8, word, writeFields } from '../fields.js';
import { IFLA_IPTUN, type TunnelOptions, tunnelFields } from './tunnel.js';

/** IPv4 in IPv4 (RFC 2003). The namespace's first one brings a `tunl0` with it that takes what no other tunnel does. */
export interface IpipKind extends IpipOptions {
  readonly kind: 'ipip';
}

/** Options of an ipip tunnel. Same as those of `ip link add … type ipip`. A changed one gets all of them anew. */
export interface IpipOptions extends TunnelOptions {
  /** TOS of the outer packets, 1 for that of the inner one (IFLA_IPTUN_TOS); 0 by default. */
  readonly tos?: number;
  /** Do not fragment outer packets: path MTU discovery (IFLA_IPTUN_PMTUDISC); on by default, and needed with a `ttl`. */
  readonly pmtudisc?: boolean;
  /** What may be inside (IFLA_IPTUN_PROTO): IPv4, MPLS, or both; `ipip` by default. */
  readonly mode?: 'ipip' | 'mplsip' | 'any';
}

/** An ipip tunnel as the kernel tells it. */
export type IpipData = IpipKind;

/** IPPROTO_IPIP, IPPROTO_MPLS (linux/in.h). */
const modes = namesOf({ any: 0, ipip: 4, mplsip: 137 });

const fields: Fields<IpipOptions> = {
  ...tunnelFields,
  tos: u8(IFLA_IPTUN.TOS),
  pmtudisc: flag(u8(IFLA_IPTUN.PMTUDISC)),
  mode: word(u8(IFLA_IPTUN.PROTO), modes),
};

/** Writes IFLA_INFO_DATA of an ipip tunnel. @throws {NetlinkError} INVALID_ARGUMENT. */
export function writeIpip(operation: string, data: AttributeWriter, options: IpipOptions): void {
  writeFields(operation, data, fields, options);
}

/** Reads IFLA_INFO_DATA of an ipip tunnel. @throws {NetlinkError} DECODE. */
export function readIpip(data: Attributes): IpipData {
  return { kind: 'ipip', ...readFields(data, fields) };
}
