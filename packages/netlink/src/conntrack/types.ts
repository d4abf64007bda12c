import type { Cidr, Family, Ip } from '@poplin/net';

/** Numbers of the protocols that are tracked with ports or ids (IPPROTO_*). */
export const conntrackProtocols = {
  icmp: 1,
  tcp: 6,
  udp: 17,
  dccp: 33,
  gre: 47,
  icmpv6: 58,
  sctp: 132,
  udplite: 136,
} as const;

/** A protocol that has a name here. */
export type ConntrackProtocolName = keyof typeof conntrackProtocols;

/** What `icmp` and `icmpv6` have in place of ports. */
export interface ConntrackIcmp {
  readonly id: number;
  readonly type: number;
  readonly code: number;
}

/** One direction of a connection, as its packets look. */
export interface ConntrackTuple {
  readonly source: Ip;
  readonly destination: Ip;
  /** Number of the protocol, see {@link conntrackProtocols}. */
  readonly protocol: number;
  /** Ports, where the protocol has some. */
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly icmp?: ConntrackIcmp;
  /** Zone of this direction alone (`ct original zone set`); one of both directions is the entry's. */
  readonly zone?: number;
}

/** What is said of an entry (IPS_*, linux/netfilter/nf_conntrack_common.h). */
export type ConntrackStatus =
  | 'expected'
  | 'seenReply'
  | 'assured'
  | 'confirmed'
  | 'srcNat'
  | 'dstNat'
  | 'seqAdjust'
  | 'srcNatDone'
  | 'dstNatDone'
  | 'dying'
  | 'fixedTimeout'
  | 'template'
  | 'untracked'
  | 'helper'
  | 'offload'
  | 'hwOffload';

/** State of a TCP connection (TCP_CONNTRACK_*), in the words of `conntrack -L`. */
export type ConntrackTcpState =
  | 'NONE'
  | 'SYN_SENT'
  | 'SYN_RECV'
  | 'ESTABLISHED'
  | 'FIN_WAIT'
  | 'CLOSE_WAIT'
  | 'LAST_ACK'
  | 'TIME_WAIT'
  | 'CLOSE'
  | 'SYN_SENT2';

/** Traffic of one direction; counted where `net.netfilter.nf_conntrack_acct` is on. */
export interface ConntrackCounters {
  readonly packets: bigint;
  readonly bytes: bigint;
}

/** A tracked connection. */
export interface ConntrackEntry {
  readonly family: Family;
  /** Number of the protocol, see {@link conntrackProtocols}. */
  readonly protocol: number;
  /** Its name, where it has one here. */
  readonly protocolName?: ConntrackProtocolName;
  /** As the first packet looked. */
  readonly original: ConntrackTuple;
  /** As answers look: with NAT, more than the original turned round. */
  readonly reply: ConntrackTuple;
  readonly status: readonly ConntrackStatus[];
  /** Seconds until it is forgotten, unless a packet comes. */
  readonly timeout?: number;
  readonly mark: number;
  /** Zone of both directions: the same addresses may be in use in several. 0 where none was set. */
  readonly zone: number;
  /** Number that the kernel gives it; another connection of the same tuple has another. */
  readonly id: number;
  readonly tcpState?: ConntrackTcpState;
  readonly counters?: { readonly original: ConntrackCounters; readonly reply: ConntrackCounters };
}

/** Names one entry: by the tuple of one direction, and its zone. */
export interface ConntrackSelector {
  readonly tuple: ConntrackTuple;
  /** Whose tuple it is; `original` by default. */
  readonly direction?: 'original' | 'reply';
  /** 0 by default. */
  readonly zone?: number;
  /** Number of the entry, to be sure that it is no later one of the same tuple. */
  readonly id?: number;
}

/** Which entries; all when empty. Addresses and ports are those of the original direction. */
export interface ConntrackFilter {
  readonly family?: Family;
  readonly protocol?: number;
  /** Prefix that the source is in. */
  readonly source?: Cidr;
  /** Prefix that the destination is in, before any NAT. */
  readonly destination?: Cidr;
  /** Prefix that answers come from: after DNAT, the real destination. */
  readonly replySource?: Cidr;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  /** Value of the mark's bits under a mask; without one all 32 bits count. */
  readonly mark?: { readonly value: number; readonly mask?: number };
  readonly zone?: number;
}
