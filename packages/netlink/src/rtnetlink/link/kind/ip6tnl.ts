import type { AttributeWriter } from '../../../codec/attribute-writer.js';
import type { Attributes } from '../../../codec/attributes.js';
import { checkNumber } from '../../encode-request.js';
import { namesOf } from '../../names.js';
import { type Fields, readFields, u8, word, writeFields } from '../fields.js';
import { IFLA_IPTUN, type TunnelOptions, tunnelFields } from './tunnel.js';

/** IPv4 or IPv6 in IPv6 (RFC 2473). */
export interface Ip6tnlKind extends Ip6tnlOptions {
  readonly kind: 'ip6tnl';
}

/** Options of an ip6tnl. Same as those of `ip link add … type ip6tnl`. A changed one gets all of them anew. */
export interface Ip6tnlOptions extends TunnelOptions {
  /** What may be inside (IFLA_IPTUN_PROTO): IPv4, IPv6, or both; `any` by default. */
  readonly mode?: 'ipip6' | 'ip6ip6' | 'any';
  /** Hop limit of the outer packets, 0 for that of the inner one (IFLA_IPTUN_TTL); 64 by default, as `ip` has it. */
  readonly ttl?: number;
  /**
   * How many more times a packet may be put into a tunnel, sent with it in eight bytes of its own (IFLA_IPTUN_ENCAP_LIMIT,
   * RFC 2473 4.1.1), or `none` to send nothing about it; 4 by default, as `ip` has it.
   */
  readonly encapLimit?: number | 'none';
  /** Traffic class of the outer packets (IFLA_IPTUN_FLOWINFO), or `inherit` for that of the inner one; 0 by default. */
  readonly tclass?: number | 'inherit';
  /** Flow label of the outer packets, or `inherit`; 0 by default. */
  readonly flowLabel?: number | 'inherit';
}

/** An ip6tnl as the kernel tells it. */
export type Ip6tnlData = Ip6tnlKind;

/** IPPROTO_IPIP, IPPROTO_IPV6 (linux/in.h). */
const modes = namesOf({ any: 0, ipip6: 4, ip6ip6: 41 });

/** Bits of IFLA_IPTUN_FLAGS (IP6_TNL_F_*, linux/ip6_tunnel.h). */
const IGN_ENCAP_LIMIT = 0x1;
const USE_ORIG_TCLASS = 0x2;
const USE_ORIG_FLOWLABEL = 0x4;

/** RFC 2473 6.6, and the default of `ip`. The kernel's own would be 0: no tunnel within the tunnel. */
const defaultEncapLimit = 4;
const defaultHopLimit = 64;

/** Attributes that hold one option each; the others come out of several together. */
const fields: Fields<TunnelOptions & Pick<Ip6tnlOptions, 'mode'>> = {
  ...tunnelFields,
  mode: word(u8(IFLA_IPTUN.PROTO), modes),
};

/** Writes IFLA_INFO_DATA of an ip6tnl, with all defaults. @throws {NetlinkError} INVALID_ARGUMENT. */
export function writeIp6tnl(
  operation: string,
  data: AttributeWriter,
  options: Ip6tnlOptions,
): void {
  writeFields(operation, data, fields, { ...options, ttl: options.ttl ?? defaultHopLimit });
  const { encapLimit = defaultEncapLimit, tclass = 0, flowLabel = 0 } = options;
  const number = (name: string, value: number | string, max: number): number =>
    typeof value === 'number' ? checkNumber(operation, name, value, 0, max) : 0;
  const limit = number('encapLimit', encapLimit, 0xff);
  const flowInfo =
    number('tclass', tclass, 0xff) * 0x10_0000 + number('flowLabel', flowLabel, 0xf_ffff);
  data.u8(IFLA_IPTUN.ENCAP_LIMIT, limit);
  // As in the IPv6 header: 4 bits of version, 8 of traffic class, 20 of flow label.
  data.be32(IFLA_IPTUN.FLOWINFO, flowInfo);
  data.u32(
    IFLA_IPTUN.FLAGS,
    (encapLimit === 'none' ? IGN_ENCAP_LIMIT : 0) |
      (tclass === 'inherit' ? USE_ORIG_TCLASS : 0) |
      (flowLabel === 'inherit' ? USE_ORIG_FLOWLABEL : 0),
  );
}

/** Reads IFLA_INFO_DATA of an ip6tnl. @throws {NetlinkError} DECODE. */
export function readIp6tnl(data: Attributes): Ip6tnlData {
  const flags = data.u32(IFLA_IPTUN.FLAGS) ?? 0;
  const flowInfo = data.be32(IFLA_IPTUN.FLOWINFO) ?? 0;
  const limit = data.u8(IFLA_IPTUN.ENCAP_LIMIT) ?? 0;
  return {
    kind: 'ip6tnl',
    ...readFields(data, fields),
    encapLimit: flags & IGN_ENCAP_LIMIT ? 'none' : limit,
    tclass: flags & USE_ORIG_TCLASS ? 'inherit' : (flowInfo >>> 20) & 0xff,
    flowLabel: flags & USE_ORIG_FLOWLABEL ? 'inherit' : flowInfo & 0xf_ffff,
  };
}
