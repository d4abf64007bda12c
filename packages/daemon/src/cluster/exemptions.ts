import type { MasqueradeState } from '@poplin/backend';
import { hostCidr, type Ip } from '@poplin/net';
import type { ClusterConfig } from '../config/index.js';

/** Pods keep their own address towards a node: part of that node's state, so that one that comes or goes costs nothing more. */
export function exemptionsOf(
  addresses: readonly Ip[],
  { masquerade }: Pick<ClusterConfig, 'masquerade'>,
): readonly MasqueradeState[] {
  if (!masquerade.enabled) return [];
  return addresses.map((ip) => ({ role: 'exempt', cidr: hostCidr(ip) }));
}

/** Pods keep their address towards all pods and what the cluster excepts, and take their node's towards anybody else. */
export function masqueradeOf({
  pools,
  masquerade,
}: Pick<ClusterConfig, 'pools' | 'masquerade'>): readonly MasqueradeState[] {
  if (!masquerade.enabled) return [];
  return [
    ...pools.map(({ cidr }) => ({ role: 'source', cidr }) as const),
    ...masquerade.except.map((cidr) => ({ role: 'exempt', cidr }) as const),
  ];
}
