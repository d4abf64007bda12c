/** Reasons that exist in ICMP and ICMPv6 alike, as ICMPX names them. */
export type NftIcmpxReason =
  | 'port-unreachable'
  | 'no-route'
  | 'host-unreachable'
  | 'admin-prohibited';

/** Reasons of ICMP (RFC 792, RFC 1812). */
export type NftIcmpReason =
  | 'net-unreachable'
  | 'host-unreachable'
  | 'prot-unreachable'
  | 'port-unreachable'
  | 'net-prohibited'
  | 'host-prohibited'
  | 'admin-prohibited';

/** Reasons of ICMPv6 (RFC 4443). */
export type NftIcmpv6Reason =
  | 'no-route'
  | 'admin-prohibited'
  | 'addr-unreachable'
  | 'port-unreachable'
  | 'policy-fail'
  | 'reject-route';

/** What the sender is told, in JSON; without a type, that the port is unreachable. */
export interface NftReject {
  readonly reject: {
    readonly type?: 'tcp reset' | 'icmp' | 'icmpv6' | 'icmpx';
    readonly expr?: NftIcmpxReason | NftIcmpReason | NftIcmpv6Reason;
  } | null;
}

/**
 * The packet goes no further, and its sender is told. A reason alone is one of ICMPX. Same as `reject`, `reject with tcp reset`,
 * `reject with icmpx admin-prohibited`, `reject with icmp net-unreachable`.
 */
export function reject(how?: 'tcp reset' | NftIcmpxReason): NftReject;
export function reject(type: 'icmp', reason: NftIcmpReason): NftReject;
export function reject(type: 'icmpv6', reason: NftIcmpv6Reason): NftReject;
export function reject(
  how?: 'tcp reset' | 'icmp' | 'icmpv6' | NftIcmpxReason,
  reason?: NftIcmpReason | NftIcmpv6Reason,
): NftReject {
  if (how === undefined) return { reject: null };
  if (how === 'tcp reset') return { reject: { type: how } };
  if (how === 'icmp' || how === 'icmpv6') {
    return { reject: { type: how, ...(reason !== undefined && { expr: reason }) } };
  }
  return { reject: { type: 'icmpx', expr: how } };
}
