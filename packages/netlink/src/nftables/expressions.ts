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

/** A fact about the packet. Same as `meta nfproto`, `meta mark`, `iifname`, … */
export function meta(key: 'nfproto' | 'mark' | 'iifname' | 'oifname' | 'l4proto'): NftExpression {
  return { meta: { key } };
}

/** What the routing table says about the destination address: `local`, `broadcast`, … Same as `fib daddr type`. */
export function destinationType(): NftExpression {
  return { fib: { result: 'type', flags: ['daddr'] } };
}

/** A prefix, as the right side of a match or as an element of a set with `flags: ['interval']`. */
export function prefix(cidr: Cidr): NftExpression {
  return { prefix: { addr: firstIp(cidr), len: cidrLength(cidr) } };
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

/** Gives the packet the address of the outgoing link as its source. Same as `masquerade [FLAGS]`. */
export function masquerade(...flags: ('random' | 'fully-random' | 'persistent')[]): NftStatement {
  return { masquerade: flags.length === 0 ? null : { flags } };
}

/** Ends the hook's chains of this priority: the packet passes. Same as `accept`. */
export const accept: NftStatement = { accept: null };

/** The packet goes no further. Same as `drop`. */
export const drop: NftStatement = { drop: null };

/** Back to the calling chain; in a base chain, its policy. Same as `return`. */
export const returnVerdict: NftStatement = { return: null };

/** Counts packets and bytes. Same as `counter`. */
export const counter: NftStatement = { counter: null };

function header(family: Family): 'ip' | 'ip6' {
  return family === 'ipv4' ? 'ip' : 'ip6';
}
