import { expect } from 'vitest';
import type { Namespace } from '../../../lab/index.js';
import { soon } from './soon.js';

/** What `ip -d -j link show` says of a link, as far as scenarios look at it. */
export interface KernelLink {
  readonly ifindex: number;
  readonly ifname: string;
  readonly address: string;
  readonly mtu: number;
  readonly num_tx_queues: number;
  readonly num_rx_queues: number;
  readonly flags: readonly string[];
  readonly operstate: string;
  /** Name of the bridge that it is a port of. */
  readonly master?: string;
  readonly linkinfo?: {
    readonly info_slave_data?: { readonly hairpin: boolean; readonly isolated: boolean };
  };
}

/** A route as `ip -j route show` has it. */
export interface KernelRoute {
  readonly dst: string;
  readonly gateway?: string;
  readonly dev?: string;
  readonly metric?: number;
  readonly scope?: string;
  readonly metrics?: readonly { readonly mtu?: number; readonly advmss?: number }[];
  readonly nexthops?: readonly { readonly gateway: string; readonly dev: string }[];
}

/** An address as `ip -j address show` has it. */
export interface KernelAddress {
  readonly local: string;
  readonly prefixlen: number;
  readonly family: 'inet' | 'inet6';
  readonly scope: string;
  readonly tentative?: boolean;
}

/** All links of a namespace. */
export async function linksOf(namespace: Namespace): Promise<readonly KernelLink[]> {
  return (await namespace.observe('-d', 'link', 'show')) as readonly KernelLink[];
}

/** Names of all links of a namespace. */
export async function linkNames(namespace: Namespace): Promise<readonly string[]> {
  return (await linksOf(namespace)).map(({ ifname }) => ifname);
}

/**
 * Checks that a namespace has lost an interface: its name is free at once, and shortly after nothing is left but what
 * was there before (docs/cni.md, "DEL").
 */
export async function expectDetached(
  namespace: Namespace,
  ifname = 'eth0',
  left: readonly string[] = ['lo'],
): Promise<void> {
  expect(await linkNames(namespace)).not.toContain(ifname);
  await soon(async () => expect(await linkNames(namespace)).toEqual(left));
}

/** A link that has to be there. */
export async function linkOf(namespace: Namespace, name: string): Promise<KernelLink> {
  const links = await linksOf(namespace);
  const link = links.find(({ ifname }) => ifname === name);
  expect(link, `${name} among ${links.map(({ ifname }) => ifname).join(', ')}`).toBeDefined();
  return link as KernelLink;
}

/** The routes of one family that a selection of `ip route show` tells. */
export async function routesOf(
  namespace: Namespace,
  family: 4 | 6,
  ...selection: readonly string[]
): Promise<readonly KernelRoute[]> {
  const routes = await namespace.observe(`-${family}`, 'route', 'show', ...selection);
  return routes as readonly KernelRoute[];
}

/** The addresses of global scope on a link. */
export async function addressesOn(
  namespace: Namespace,
  link: string,
): Promise<readonly KernelAddress[]> {
  const [shown] = (await namespace.observe('address', 'show', 'dev', link)) as readonly {
    readonly addr_info: readonly KernelAddress[];
  }[];
  return (shown?.addr_info ?? []).filter(({ scope }) => scope === 'global');
}

/** Whether one echo request is answered. */
export async function reaches(from: Namespace, ip: string): Promise<boolean> {
  return (await from.execute(['ping', '-n', '-c1', '-W2', ip])).status === 0;
}
