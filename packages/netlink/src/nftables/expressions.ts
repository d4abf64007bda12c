import { type Cidr, cidrLength, type Family, firstIp } from '@poplin/net';
import type { NftExpression, NftJson, NftStatement } from './types.js';

/** Tests a value: `==` also means "is in" where the right side is a set. */
export type NftOperator = '==' | '!=' | 'in' | '<' | '>' | '<=' | '>=';

/** Goes on only when the two sides compare so. Same as `LEFT RIGHT`, `LEFT != RIGHT`. */
export function match(left: NftExpression, op: NftOperator, right: NftExpression): NftStatement {
  return { match: { op, left, right } };
}

/** Source address of the packet. Same as `ip saddr`, `ip6 saddr`. */
export function sourceAddress(family: Family): NftExpression {
  return { payload: { protocol: header(family), field: 'saddr' } };
}

/** Destination address of the packet. Same as `ip daddr`, `ip6 daddr`. */
export function destinationAddress(family: Family): NftExpression {
  return { payload: { protocol: header(family), field: 'daddr' } };
}

/** A field of a header. Same as `tcp dport`, `icmpv6 type`, `ether saddr`, … */
export function payload(
  protocol: 'ether' | 'arp' | 'ip' | 'ip6' | 'icmp' | 'icmpv6' | 'tcp' | 'udp' | 'sctp' | 'th',
  field: string,
): NftExpression {
  return { payload: { protocol, field } };
}

/** Facts that {@link meta} knows. */
export type NftMetaKey =
  | 'nfproto'
  | 'l4proto'
  | 'protocol'
  | 'mark'
  | 'priority'
  | 'length'
  | 'pkttype'
  | 'iif'
  | 'oif'
  | 'iifname'
  | 'oifname'
  | 'iifgroup'
  | 'oifgroup'
  | 'skuid'
  | 'skgid';

/** A fact about the packet. Same as `meta nfproto`, `meta mark`, `iifname`, … */
export function meta(key: NftMetaKey): NftExpression {
  return { meta: { key } };
}

/** A fact about the packet's connection. Same as `ct state`, `ct mark`, … */
export function ct(key: 'state' | 'status' | 'mark' | 'direction' | 'zone'): NftExpression {
  return { ct: { key } };
}

/**
 * An address or port of the connection, as its packets look in one direction; an address wants its family. Same as
 * `ct original ip daddr`, `ct reply proto-src`.
 */
export function ctTuple(
  direction: 'original' | 'reply',
  key: 'proto-src' | 'proto-dst' | 'saddr' | 'daddr',
  family?: Family,
): NftExpression {
  return { ct: { key: family ? `${header(family)} ${key}` : key, dir: direction } };
}

/** What the routing table says about the destination address: `local`, `broadcast`, … Same as `fib daddr type`. */
export function destinationType(): NftExpression {
  return { fib: { result: 'type', flags: ['daddr'] } };
}

/** A prefix, as the right side of a match or as an element of a set with `flags: ['interval']`. */
export function prefix(cidr: Cidr): NftExpression {
  return { prefix: { addr: firstIp(cidr), len: cidrLength(cidr) } };
}

/** All values from the first to the last, as the right side of a match or as an element. Same as `1024-65535`. */
export function range(first: NftJson, last: NftJson): NftExpression {
  return { range: [first, last] };
}

/** Several values as one. Same as `ip daddr . tcp dport`. */
export function concat(...parts: readonly NftExpression[]): NftExpression {
  return { concat: parts };
}

/**
 * What a map has for a key: the name of a map of the table (`@NAME`), or its pairs. Same as `KEY map @NAME`.
 */
export function lookup(key: NftExpression, map: NftMapContent): NftExpression {
  return { map: { key, data: mapData(map) } };
}

/** A map by its name with `@` in front, or by its pairs of key and value. */
export type NftMapContent = `@${string}` | readonly (readonly [key: NftJson, value: NftJson])[];

/** A map as libnftables wants it. */
export function mapData(map: NftMapContent): NftJson {
  return typeof map === 'string' ? map : { set: map };
}

/** A set of the same table by its name. Same as `@NAME`. */
export function inSet(name: string): NftExpression {
  return `@${name}`;
}

/** A set that exists in this rule only. Same as `{ A, B }`. */
export function anonymousSet(elements: readonly NftJson[]): NftExpression {
  return { set: elements };
}

/** Type of a set's keys that holds addresses of a family. */
export function addressType(family: Family): 'ipv4_addr' | 'ipv6_addr' {
  return family === 'ipv4' ? 'ipv4_addr' : 'ipv6_addr';
}

function header(family: Family): 'ip' | 'ip6' {
  return family === 'ipv4' ? 'ip' : 'ip6';
}
