import type { ForwardState, MasqueradeState } from '@poplin/backend';
import { hostCidr, type Ip } from '@poplin/net';
import type { ClusterConfig } from '../config/index.js';

/** What of the cluster's configuration packet filters and NAT are made of. */
export type FirewallConfig = Pick<ClusterConfig, 'pools' | 'masquerade'>;

/** Packets from and to all pools are forwarded, whatever the policy of the host is, as far as Poplin can say so. */
export function forwardsOf({ pools }: Pick<FirewallConfig, 'pools'>): readonly ForwardState[] {
  return pools.map(({ cidr }) => ({ cidr }));
}

/** Pods keep their own address towards a node: part of that node's state, so that one that comes or goes costs nothing more. */
export function exemptionsOf(
  addresses: readonly Ip[],
  { masquerade }: Pick<FirewallConfig, 'masquerade'>,
): readonly MasqueradeState[] {
  if (!masquerade.enabled) return [];
  return addresses.map((ip) => ({ role: 'exempt', cidr: hostCidr(ip) }));
}

/** Pods keep their address towards all pods and what the cluster excepts, and take their node's towards anybody else. */
export function masqueradeOf({ pools, masquerade }: FirewallConfig): readonly MasqueradeState[] {
  if (!masquerade.enabled) return [];
  return [
    ...pools.map(({ cidr }) => ({ role: 'source', cidr }) as const),
    ...masquerade.except.map((cidr) => ({ role: 'exempt', cidr }) as const),
  ];
}
