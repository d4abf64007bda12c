import type { Family } from '@poplin/net';
import { ipFamily } from '../objects/family.js';
import type { NftExpression } from './expression.js';

/** Facts of a connection as a whole (nft(8), CONNTRACK EXPRESSIONS). */
export type NftCtKey =
  | 'state'
  | 'direction'
  | 'status'
  | 'mark'
  | 'expiration'
  | 'helper'
  | 'label'
  | 'zone'
  | 'id';

/** Facts of one direction of a connection; an address is of a family. */
export type NftCtTupleKey =
  | 'l3proto'
  | 'protocol'
  | 'proto-src'
  | 'proto-dst'
  | 'bytes'
  | 'packets'
  | 'avgpkt'
  | 'zone';

/** Which packets of a connection: those that go as the first went, or the answers. */
export type NftCtDirection = 'original' | 'reply';

/** A fact about a connection, in JSON. */
export type NftCt =
  | { readonly key: NftCtKey | NftCtTupleKey; readonly dir?: NftCtDirection }
  | { readonly key: `${'ip' | 'ip6'} ${'saddr' | 'daddr'}`; readonly dir: NftCtDirection };

/** A fact about the packet's connection. Same as `ct state`, `ct mark`, … */
export function ct(key: NftCtKey): NftExpression {
  return { ct: { key } };
}

/**
 * An address or port of the connection, as its packets look in one direction, or another fact of that direction; an address
 * wants its family. Same as `ct original ip daddr`, `ct reply proto-src`.
 */
export function ctTuple(
  direction: NftCtDirection,
  key: 'saddr' | 'daddr',
  family: Family,
): NftExpression;
export function ctTuple(direction: NftCtDirection, key: NftCtTupleKey): NftExpression;
export function ctTuple(
  dir: NftCtDirection,
  key: NftCtTupleKey | 'saddr' | 'daddr',
  family: Family = 'ipv4',
): NftExpression {
  if (key === 'saddr' || key === 'daddr') return { ct: { key: `${ipFamily(family)} ${key}`, dir } };
  return { ct: { key, dir } };
}
