import type { KernelState, NetworkView, Peer, RunningBackend } from '@poplin/backend';
import { joinStates } from '@poplin/backend';
import { type Cidr, familyOf, type Ip, type Log, parseCidr, parseIp, silentLog } from '@poplin/net';
import { startUdp } from '../src/backend.js';
import type { UdpOptions } from '../src/options.js';
import type { UdpPeerData } from '../src/peer-data.js';
import { type Namespace, namespace } from './namespace.js';

/** A host with one pod, and the backend at work on it. */
export interface TestNode {
  readonly name: string;
  readonly host: Namespace;
  readonly pod: Namespace;
  readonly addresses: readonly Ip[];
  readonly blocks: readonly Cidr[];
  readonly running: RunningBackend<UdpPeerData>;
  /** What the others know of it. */
  readonly peer: Peer<UdpPeerData>;
  readonly view: NetworkView;
  /** Tells it of its peers, and puts what it plans into its kernel. */
  follow(...peers: Peer<UdpPeerData>[]): void;
  /** Does in its kernel what the plans ask for. */
  apply(): void;
  /** A counter, as it is now. */
  counter(name: string): number;
  stop(): Promise<void>;
}

/** Two hosts on one wire, each with a pod, and the tunnel between them. */
export interface TwoNodes extends AsyncDisposable {
  readonly a: TestNode;
  readonly b: TestNode;
}

/** What may be different from a test to another. */
export interface TwoNodesOptions {
  readonly options?: UdpOptions;
  /** Families of the underlay; IPv4 by default. */
  readonly underlay?: readonly ('ipv4' | 'ipv6')[];
  /** MTU of the wire, bytes; 1500 by default. */
  readonly mtu?: number;
  readonly log?: Log;
  /** Settings of both hosts, `key=value`, made before there is a tunnel. */
  readonly sysctls?: readonly string[];
}

const pools = [parseCidr('10.244.0.0/16'), parseCidr('fd10:244::/48')];

/** Addresses of the pod of node `n`. */
export const podIp = (n: 1 | 2, family: 'ipv4' | 'ipv6' = 'ipv4'): string =>
  family === 'ipv4' ? `10.244.${n}.5` : `fd10:244:0:${n}::5`;

/** Address of node `n` on the underlay. */
export const nodeIp = (n: 1 | 2, family: 'ipv4' | 'ipv6' = 'ipv4'): string =>
  family === 'ipv4' ? `192.168.7.${n}` : `fd77::${n}`;

/** Makes them, with both told of each other. */
export async function twoNodes(options: TwoNodesOptions = {}): Promise<TwoNodes> {
  const hosts = [namespace(), namespace()] as const;
  const { mtu = 1500 } = options;
  const [first, second] = hosts;
  first.exec(
    ...(['ip', 'link', 'add', 'eth0', 'mtu', String(mtu), 'type', 'veth'] as const),
    ...(['peer', 'name', 'eth0', 'mtu', String(mtu), 'netns', second.name] as const),
  );
  const a = await testNode(1, first, options);
  const b = await testNode(2, second, options);
  a.follow(b.peer);
  b.follow(a.peer);
  for (const { host, pod } of [a, b]) noticeCarriers(host, pod);
  return {
    a,
    b,
    async [Symbol.asyncDispose]() {
      await Promise.all([a.stop(), b.stop()]);
      for (const { host, pod } of [a, b]) {
        pod[Symbol.dispose]();
        host[Symbol.dispose]();
      }
    },
  };
}

async function testNode(
  n: 1 | 2,
  host: Namespace,
  {
    options = { port: 8285 },
    underlay = ['ipv4'],
    mtu = 1500,
    log = silentLog,
    sysctls = [],
  }: TwoNodesOptions,
): Promise<TestNode> {
  const ip = (...args: string[]): string => host.exec('ip', ...args);
  for (const family of underlay) {
    const length = family === 'ipv4' ? '24' : '64';
    const dad = family === 'ipv6' ? ['nodad'] : [];
    ip('address', 'add', `${nodeIp(n, family)}/${length}`, 'dev', 'eth0', ...dad);
  }
  ip('link', 'set', 'eth0', 'up');
  host.exec('sysctl', '-qw', 'net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1');
  if (sysctls.length > 0) host.exec('sysctl', '-qw', ...sysctls);
  const pod = podOf(n, host);
  const addresses = underlay.map((family) => parseIp(nodeIp(n, family)));
  const view: NetworkView = {
    underlay: {
      link: 'eth0',
      mtu,
      addresses: addresses.map((address) => ({
        family: familyOf(address),
        ip: address,
        onLink: familyOf(address) === 'ipv4' ? parseCidr('192.168.7.0/24') : parseCidr('fd77::/64'),
      })),
    },
    pools,
  };
  const name = `node${n}`;
  const identity = { nodeName: name, nodeId: `id${n}`, linkSuffix: '' };
  const running = await startUdp(
    { ...identity, underlay: view.underlay, log },
    options,
    host.netns,
  );
  const blocks = [parseCidr(`10.244.${n}.0/24`), parseCidr(`fd10:244:0:${n}::/64`)];
  let states: readonly KernelState[] = [];
  const apply = (): void => applyState(host, joinStates(states));
  return {
    name,
    host,
    pod,
    addresses,
    blocks,
    running,
    view,
    peer: { name, addresses, mtu, blocks, data: running.published },
    follow(...peers) {
      running.peersChanged?.(peers, view);
      const plans = peers.map((peer) => running.planPeer(peer, view).state);
      states = [running.planHost(view), ...plans];
      apply();
    },
    apply,
    counter: (counter) => running.counters?.()[counter] ?? 0,
    stop: () => running.stop(),
  };
}

/**
 * Asks for the links whose other end came up after them. A kernel that is busy comes round to it late, and drops what they are to send
 * until then; one that is asked does at once (linkwatch_sync_dev, Linux 6.8).
 */
function noticeCarriers(host: Namespace, pod: Namespace): void {
  for (const link of ['eth0', 'pop1']) host.exec('ip', 'link', 'show', 'dev', link);
  pod.exec('ip', 'link', 'show', 'dev', 'eth0');
}

/** A pod as attach mode `routed` makes it. */
function podOf(n: 1 | 2, host: Namespace): Namespace {
  const pod = namespace();
  host.exec('ip', 'link', 'add', 'pop1', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', pod.name);
  host.exec('ip', 'link', 'set', 'pop1', 'up');
  host.exec('ip', 'address', 'add', '169.254.1.1/32', 'dev', 'pop1', 'scope', 'link');
  host.exec('ip', 'address', 'add', 'fe80::1/64', 'dev', 'pop1', 'nodad');
  pod.exec('ip', 'address', 'add', `${podIp(n)}/32`, 'dev', 'eth0');
  pod.exec('ip', 'address', 'add', `${podIp(n, 'ipv6')}/128`, 'dev', 'eth0', 'nodad');
  pod.exec('ip', 'link', 'set', 'eth0', 'up');
  pod.exec('ip', 'route', 'add', 'default', 'via', '169.254.1.1', 'dev', 'eth0', 'onlink');
  pod.exec('ip', 'route', 'add', 'default', 'via', 'fe80::1', 'dev', 'eth0');
  host.exec('ip', 'route', 'add', podIp(n), 'dev', 'pop1');
  host.exec('ip', 'route', 'add', podIp(n, 'ipv6'), 'dev', 'pop1');
  return pod;
}

/** Does by iproute2 what a state asks for, as far as this backend asks for it. */
function applyState(host: Namespace, state: KernelState): void {
  const { links, addresses, sysctls, routes, rules } = state;
  for (const { name, mtu } of links) {
    host.exec('ip', 'link', 'set', name, 'mtu', String(mtu), 'up');
  }
  for (const { link, ip, length, scope = 'global' } of addresses) {
    host.exec('ip', 'address', 'replace', `${ip}/${length}`, 'dev', link, 'scope', scope);
  }
  for (const { key, value } of sysctls) {
    // A dot in the name of a link is none of the key's.
    host.exec('sysctl', '-qw', `${key}=${value}`);
  }
  for (const route of routes) {
    if (route.type !== 'unicast') throw new Error('this backend has no other routes');
    const { dst, link, source, mtu, table } = route;
    host.exec(
      ...(['ip', 'route', 'replace', dst, 'dev', link, 'proto', '112'] as const),
      ...(source ? ['src', source] : []),
      ...(mtu ? ['mtu', String(mtu)] : []),
      ...(table ? ['table', String(table)] : []),
    );
  }
  for (const { family, priority, from, table } of rules) {
    const rule = ['priority', String(priority), 'from', from ?? 'all', 'lookup', String(table)];
    const ip = (verb: string) =>
      host.exec('ip', family === 'ipv4' ? '-4' : '-6', 'rule', verb, ...rule);
    try {
      ip('del');
    } catch {
      // It was not there.
    }
    ip('add');
  }
}
