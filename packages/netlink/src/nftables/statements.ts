import type { Family, Ip } from '@poplin/net';
import { mapData, type NftMapContent } from './expressions.js';
import type { NftExpression, NftJson, NftStatement } from './types.js';

/** Ends the hook's chains of this priority: the packet passes. Same as `accept`. */
export const accept: NftStatement = { accept: null };

/** The packet goes no further. Same as `drop`. */
export const drop: NftStatement = { drop: null };

/** Back to the calling chain; in a base chain, its policy. Same as `return`. */
export const returnVerdict: NftStatement = { return: null };

/** On to the next rule. Same as `continue`; of use in verdict maps. */
export const continueVerdict: NftStatement = { continue: null };

/** Through another chain of the table, and back. Same as `jump CHAIN`. */
export function jump(target: string): NftStatement {
  return { jump: { target } };
}

/** Through another chain of the table, and not back. Same as `goto CHAIN`. */
export function goto(target: string): NftStatement {
  return { goto: { target } };
}

/** The verdict that a map has for a key. Same as `KEY vmap @NAME`. */
export function verdictMap(key: NftExpression, map: NftMapContent): NftStatement {
  return { vmap: { key, data: mapData(map) } };
}

/**
 * The packet goes no further, and its sender is told. Same as `reject`, `reject with tcp reset`,
 * `reject with icmpx admin-prohibited`.
 */
export function reject(
  how?: 'tcp reset' | 'port-unreachable' | 'no-route' | 'host-unreachable' | 'admin-prohibited',
): NftStatement {
  if (how === undefined) return { reject: null };
  return { reject: how === 'tcp reset' ? { type: how } : { type: 'icmpx', expr: how } };
}

/** How ports are chosen where NAT has to. */
export type NatFlag = 'random' | 'fully-random' | 'persistent';

/** Gives the packet the address of the outgoing link as its source. Same as `masquerade [FLAGS]`. */
export function masquerade(...flags: NatFlag[]): NftStatement {
  return { masquerade: flags.length === 0 ? null : { flags } };
}

/** What NAT puts in. */
export interface NatTarget {
  /** Needed in tables of family `inet`, where the address does not tell. */
  readonly family?: Family;
  /** An address, or an expression that gives one: {@link lookup}. */
  readonly address?: Ip | NftExpression;
  readonly port?: number | NftExpression;
  readonly flags?: readonly NatFlag[];
}

/** Gives the packet another source. Same as `snat ip to ADDRESS:PORT`. */
export function snat(target: NatTarget): NftStatement {
  return { snat: natJson(target) };
}

/** Gives the packet another destination. Same as `dnat ip to ADDRESS:PORT`. */
export function dnat(target: NatTarget): NftStatement {
  return { dnat: natJson(target) };
}

/** Gives the packet this host as its destination. Same as `redirect to :PORT`. */
export function redirect(port?: number): NftStatement {
  return { redirect: port === undefined ? null : { port } };
}

function natJson({ family, address, port, flags }: NatTarget): NftJson {
  return {
    ...(family && { family: family === 'ipv4' ? 'ip' : 'ip6' }),
    ...(address !== undefined && { addr: address }),
    ...(port !== undefined && { port }),
    ...(flags && { flags }),
  };
}

/** Changes a fact: the mark of the packet or of its connection, a field. Same as `meta mark set VALUE`, `ct mark set VALUE`. */
export function set(key: NftExpression, value: NftExpression): NftStatement {
  return { mangle: { key, value } };
}

/** Counts packets and bytes. Same as `counter`. */
export const counter: NftStatement = { counter: null };

/** The connection is not tracked; in chains of priority `raw`, -300. Same as `notrack`. */
export const notrack: NftStatement = { notrack: null };

/** Goes on only while there are no more than so many. Same as `limit rate 10/second burst 5 packets`. */
export function limit(
  rate: number,
  per: 'second' | 'minute' | 'hour' | 'day',
  burst = 5,
): NftStatement {
  return { limit: { rate, per, burst } };
}

/** Writes a line to the log of the kernel. Same as `log prefix TEXT`. */
export function log(prefix: string): NftStatement {
  return { log: { prefix } };
}
