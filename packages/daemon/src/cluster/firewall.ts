import { type KernelState, kernelState } from '@poplin/backend';
import type { NodeRecord } from '@poplin/ipam';
import { type Cidr, hostCidr } from '@poplin/net';
import type { ClusterConfig } from '../config/index.js';

/** What of the cluster's configuration the firewall is made of. */
export type FirewallConfig = Pick<ClusterConfig, 'pools' | 'masquerade'>;

/**
 * What every node wants of packet filters and NAT. Packets from and to all pools are forwarded. Pods keep their address towards all
 * pods and all nodes, and take their node's towards anybody else, unless the cluster has masquerading turned off.
 *
 * @param nodes - all nodes of the cluster, this one too.
 */
export function firewallOf(
  { pools, masquerade }: FirewallConfig,
  nodes: readonly Pick<NodeRecord, 'addresses'>[],
): KernelState {
  const prefixes: readonly Cidr[] = pools.map(({ cidr }) => cidr);
  const forwards = prefixes.map((cidr) => ({ cidr }));
  if (!masquerade.enabled) return kernelState({ forwards });
  const exempt = [
    ...nodes.flatMap(({ addresses }) => addresses.map(hostCidr)),
    ...masquerade.except,
  ];
  return kernelState({
    forwards,
    masquerade: [
      ...prefixes.map((cidr) => ({ role: 'source', cidr }) as const),
      ...exempt.map((cidr) => ({ role: 'exempt', cidr }) as const),
    ],
  });
}
