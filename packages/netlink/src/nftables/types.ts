/** Families of nftables (nft(8), ADDRESS FAMILIES). */
export type NftFamily = 'ip' | 'ip6' | 'inet' | 'arp' | 'bridge' | 'netdev';

/** Any JSON value: where libnftables-json(5) allows more than this package names. */
export type NftJson =
  | string
  | number
  | boolean
  | null
  | readonly NftJson[]
  | { readonly [key: string]: NftJson | undefined };

/** An expression: something with a value (libnftables-json(5), EXPRESSIONS). */
export type NftExpression = NftJson;

/** A statement of a rule: a match, a verdict, a NAT (libnftables-json(5), STATEMENTS). */
export type NftStatement = { readonly [key: string]: NftJson };

/** Names a table. */
export interface NftTableName {
  readonly family: NftFamily;
  readonly name: string;
}

/** A table: the unit that has one owner. */
export interface NftTable extends NftTableName {
  /** libnftables 1.0.6 ignores it in JSON, without an error; so it does with a set's. */
  readonly comment?: string;
  readonly flags?: readonly string[] | string;
  readonly handle?: number;
}

/** A chain; with `type`, `hook` and `prio` it is a base chain, which the kernel calls. */
export interface NftChain {
  readonly family: NftFamily;
  readonly table: string;
  readonly name: string;
  readonly type?: 'filter' | 'nat' | 'route';
  readonly hook?:
    | 'prerouting'
    | 'input'
    | 'forward'
    | 'output'
    | 'postrouting'
    | 'ingress'
    | 'egress';
  /** Link of an `ingress` or `egress` chain. */
  readonly dev?: string;
  /** Order among the chains of a hook, lower first; `srcnat` is 100, `filter` 0. */
  readonly prio?: number;
  readonly policy?: 'accept' | 'drop';
  readonly comment?: string;
  readonly handle?: number;
}

/** A rule. To delete one, give its handle. */
export interface NftRule {
  readonly family: NftFamily;
  readonly table: string;
  readonly chain: string;
  readonly expr?: readonly NftStatement[];
  readonly comment?: string;
  readonly handle?: number;
}

/** A set of addresses, ports or other keys. */
export interface NftSet {
  readonly family: NftFamily;
  readonly table: string;
  readonly name: string;
  readonly type?: 'ipv4_addr' | 'ipv6_addr' | 'ether_addr' | 'inet_service' | NftJson;
  /** `interval` for ranges and prefixes, `timeout`, `constant`, `dynamic`. */
  readonly flags?: readonly string[] | string;
  /** Seconds after which an element goes. */
  readonly timeout?: number;
  /** Most elements. */
  readonly size?: number;
  /** True to join neighbouring intervals. */
  readonly 'auto-merge'?: boolean;
  readonly elem?: readonly NftExpression[];
  readonly comment?: string;
  readonly handle?: number;
}

/** A map from keys to values or verdicts. */
export interface NftMap extends Omit<NftSet, 'elem'> {
  /** Type of the values; `verdict` for a verdict map. */
  readonly map?: 'verdict' | 'ipv4_addr' | 'ipv6_addr' | 'inet_service' | 'mark' | NftJson;
  readonly elem?: readonly (readonly [key: NftExpression, value: NftJson])[];
}

/** Elements to add to a set or map, or to take from it. */
export interface NftElement {
  readonly family: NftFamily;
  readonly table: string;
  readonly name: string;
  readonly elem: readonly NftExpression[];
}

/** An object of a ruleset, as `nft -j` lists it. */
export type NftObject =
  | { readonly table: NftTable }
  | { readonly chain: NftChain }
  | { readonly rule: NftRule }
  | { readonly set: NftSet }
  | { readonly map: NftMap }
  | { readonly element: NftElement }
  | { readonly [other: string]: NftJson };

/** One command of a transaction (libnftables-json(5), COMMAND OBJECTS). */
export type NftCommand =
  | { readonly add: NftObject }
  | { readonly create: NftObject }
  | { readonly insert: NftObject }
  | { readonly replace: { readonly rule: NftRule } }
  | { readonly delete: NftObject }
  | { readonly flush: NftObject };
