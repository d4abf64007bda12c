import type { Address } from '../rtnetlink/address/types.js';
import type { FdbEntry } from '../rtnetlink/fdb/types.js';
import type { PortOfBridge } from '../rtnetlink/link/port-of-bridge.js';
import type { Link } from '../rtnetlink/link/types.js';
import type { Neighbour } from '../rtnetlink/neighbour/types.js';
import type { Netconf } from '../rtnetlink/netconf/types.js';
import type { Route } from '../rtnetlink/route/types.js';
import type { Rule } from '../rtnetlink/rule/types.js';

/** What a monitor can listen to (RTNLGRP_*; `nftables` is NFNLGRP_NFTABLES). */
export type MonitorGroup =
  | 'link'
  | 'ipv4-address'
  | 'ipv6-address'
  | 'ipv4-route'
  | 'ipv6-route'
  | 'ipv4-rule'
  | 'ipv6-rule'
  | 'ipv4-netconf'
  | 'ipv6-netconf'
  | 'neighbour'
  | 'nftables';

/** `new` also stands for changed. */
export type MonitorAction = 'new' | 'del';

/**
 * Something that changed in the namespace. Treat it as a hint to look: the kernel drops events when nobody
 * reads for too long, and then says so; `resync` means "everything may have changed, read it again".
 */
export type MonitorEvent =
  | { readonly kind: 'link'; readonly action: MonitorAction; readonly link: Link }
  | { readonly kind: 'address'; readonly action: MonitorAction; readonly address: Address }
  | { readonly kind: 'route'; readonly action: MonitorAction; readonly route: Route }
  | { readonly kind: 'rule'; readonly action: MonitorAction; readonly rule: Rule }
  | { readonly kind: 'neighbour'; readonly action: MonitorAction; readonly neighbour: Neighbour }
  /** An entry of a forwarding table: group `neighbour`. */
  | { readonly kind: 'fdb'; readonly action: MonitorAction; readonly entry: FdbEntry }
  /** A port of a bridge came, or has other options: group `link`. One that leaves is told of as a link without a master. */
  | { readonly kind: 'bridge-port'; readonly port: PortOfBridge }
  /** Settings of IP, some of those that are sysctls otherwise, were changed, or are those of a new link. */
  | { readonly kind: 'netconf'; readonly netconf: Netconf }
  /**
   * Some table, chain, set or rule changed; nothing says which. `authors` are the threads that did it, by their numbers in the first PID
   * namespace of the machine (NFTA_GEN_PROC_PID).
   */
  | { readonly kind: 'nftables'; readonly authors: readonly number[] }
  /** Events were lost; the reason is for the log. */
  | { readonly kind: 'resync'; readonly reason: string };

/** A running subscription; dispose it to stop. Until then it keeps the process alive, like a listening socket. */
export interface Monitor extends Disposable {
  /** How it learns that there is something to read: at once, or by looking every 50 ms. */
  readonly wakeup: 'poll' | 'timer';
}
