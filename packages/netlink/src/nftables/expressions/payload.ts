import type { Family } from '@poplin/net';
import { ipFamily } from '../objects/family.js';
import type { NftExpression } from './expression.js';

/** Headers and their fields (nft(8), PAYLOAD EXPRESSIONS). `th` is whichever of TCP, UDP, … the packet has. */
export interface NftHeaderFields {
  readonly ether: 'daddr' | 'saddr' | 'type';
  readonly vlan: 'id' | 'dei' | 'pcp' | 'type';
  readonly arp:
    | 'htype'
    | 'ptype'
    | 'hlen'
    | 'plen'
    | 'operation'
    | `${'saddr' | 'daddr'} ${'ip' | 'ether'}`;
  readonly ip:
    | 'version'
    | 'hdrlength'
    | 'dscp'
    | 'ecn'
    | 'length'
    | 'id'
    | 'frag-off'
    | 'ttl'
    | 'protocol'
    | 'checksum'
    | 'saddr'
    | 'daddr';
  readonly ip6:
    | 'version'
    | 'dscp'
    | 'ecn'
    | 'flowlabel'
    | 'length'
    | 'nexthdr'
    | 'hoplimit'
    | 'saddr'
    | 'daddr';
  readonly icmp: 'type' | 'code' | 'checksum' | 'id' | 'sequence' | 'gateway' | 'mtu';
  readonly icmpv6:
    | 'type'
    | 'code'
    | 'checksum'
    | 'parameter-problem'
    | 'packet-too-big'
    | 'id'
    | 'sequence'
    | 'max-delay';
  readonly tcp:
    | 'sport'
    | 'dport'
    | 'sequence'
    | 'ackseq'
    | 'doff'
    | 'reserved'
    | 'flags'
    | 'window'
    | 'checksum'
    | 'urgptr';
  readonly udp: 'sport' | 'dport' | 'length' | 'checksum';
  readonly udplite: 'sport' | 'dport' | 'checksum';
  readonly sctp: 'sport' | 'dport' | 'vtag' | 'checksum';
  readonly dccp: 'sport' | 'dport' | 'type';
  readonly th: 'sport' | 'dport';
  readonly esp: 'spi' | 'sequence';
  readonly ah: 'nexthdr' | 'hdrlength' | 'reserved' | 'spi' | 'sequence';
}

/** A header that has fields with names. */
export type NftHeader = keyof NftHeaderFields;

/** A field of a header, in JSON. */
export type NftPayload = {
  readonly [H in NftHeader]: { readonly protocol: H; readonly field: NftHeaderFields[H] };
}[NftHeader];

/** Bits by their place, in JSON. */
export interface NftRawPayload {
  /** Where counting begins: at the link, network or transport header. */
  readonly base: 'll' | 'nh' | 'th';
  /** Bits. */
  readonly offset: number;
  /** Bits. */
  readonly len: number;
}

/** A field of a header. Same as `tcp dport`, `icmpv6 type`, `ether saddr`, … */
export function payload<H extends NftHeader>(
  protocol: H,
  field: NftHeaderFields[H],
): NftExpression {
  return { payload: { protocol, field } as NftPayload };
}

/** Bits of the packet by their place, both counted in bits. Same as `@nh,96,32`. */
export function rawPayload(
  base: NftRawPayload['base'],
  offset: number,
  len: number,
): NftExpression {
  return { payload: { base, offset, len } };
}

/** Source address of the packet. Same as `ip saddr`, `ip6 saddr`. */
export function sourceAddress(family: Family): NftExpression {
  return payload(ipFamily(family), 'saddr');
}

/** Destination address of the packet. Same as `ip daddr`, `ip6 daddr`. */
export function destinationAddress(family: Family): NftExpression {
  return payload(ipFamily(family), 'daddr');
}
