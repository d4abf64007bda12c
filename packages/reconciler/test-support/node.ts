import { type KernelState, kernelState, type PortMappingState } from '@poplin/backend';
import { hostCidr, type Ip, parseIp, parseMac } from '@poplin/net';
import { type TestHost, testHost } from './host.js';

/** Addresses of the node, and of a client that is no pod and no node. */
export const node4 = parseIp('192.168.7.1');
export const node6 = parseIp('fd77::1');
export const client4 = parseIp('192.168.7.2');
export const client6 = parseIp('fd77::2');

const gatewayMac = '0a:58:a9:fe:01:01';

/** A pod of the node, in attach mode `routed`. */
export interface TestPod {
  readonly host: TestHost;
  readonly link: string;
  readonly ip4: Ip;
  readonly ip6: Ip;
  /** Routes and neighbours of the pod, and further parts. */
  state(parts?: Partial<KernelState>): KernelState;
  /** A host port that leads to the pod's port 8080. */
  port(hostPort: number, more?: Partial<PortMappingState>): PortMappingState;
}

/** A node with a client beside it on `eth0`, and pods. */
export interface TestNode extends AsyncDisposable {
  readonly host: TestHost;
  readonly client: TestHost;
  /** Makes a pod whose addresses end in a number. */
  pod(number: number): TestPod;
}

/** Makes a node that forwards, whose host's ends of pods have no addresses. */
export function testNode(): TestNode {
  const host = testHost('node');
  const client = testHost('client');
  const pods: TestHost[] = [];
  wire(host, 'eth0', client, 'eth0');
  addresses(host, 'eth0', `${node4}/24`, `${node6}/64`);
  addresses(client, 'eth0', `${client4}/24`, `${client6}/64`);
  host.exec('sysctl', '-qw', 'net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1');
  // Strict, as some distributions have it: no answer may come by another link than the question went.
  host.exec('sysctl', '-qw', 'net.ipv4.conf.all.rp_filter=1');
  return {
    host,
    client,
    pod(number) {
      const pod = testHost(`pod${number}`);
      pods.push(pod);
      return attach(host, pod, number);
    },
    async [Symbol.asyncDispose]() {
      for (const each of [...pods, client, host]) await each[Symbol.asyncDispose]();
    },
  };
}

function attach(node: TestHost, host: TestHost, number: number): TestPod {
  const link = `pop${number.toString(16).padStart(11, '0')}`;
  const mac = parseMac(`0a:58:0a:f4:00:${number.toString(16).padStart(2, '0')}`);
  const [ip4, ip6] = [parseIp(`10.244.0.${number}`), parseIp(`fd10::${number}`)];
  wire(node, link, host, 'eth0');
  node.exec('ip', 'link', 'set', link, 'address', gatewayMac, 'alias', 'poplin:pod');
  host.exec('ip', 'link', 'set', 'eth0', 'address', mac);
  addresses(host, 'eth0', `${ip4}/32`, `${ip6}/128`);
  for (const gateway of ['169.254.1.1', 'fe80::1']) {
    host.exec('ip', 'neighbour', 'add', gateway, 'lladdr', gatewayMac, 'dev', 'eth0');
    const family = gateway.includes(':') ? '-6' : '-4';
    host.exec('ip', family, 'route', 'add', 'default', 'via', gateway, 'dev', 'eth0', 'onlink');
  }
  return {
    host,
    link,
    ip4,
    ip6,
    state: (parts = {}) =>
      kernelState({
        neighbours: [ip4, ip6].map((ip) => ({ link, ip, mac })),
        routes: [ip4, ip6].map((ip) => ({ type: 'unicast', dst: hostCidr(ip), link })),
        ...(parts.portMappings && { loopbackRoutes: [{ link }] }),
        ...parts,
      }),
    port: (hostPort, { ip = ip4, ...more } = {}) => ({
      protocol: 'tcp',
      hostPort,
      ip,
      port: 8080,
      hairpin: hostCidr(ip),
      ...more,
    }),
  };
}

function wire(a: TestHost, linkA: string, b: TestHost, linkB: string): void {
  const netns = b.path.replace('/run/netns/', '');
  a.exec('ip', 'link', 'add', linkA, 'type', 'veth', 'peer', 'name', linkB, 'netns', netns);
  a.exec('ip', 'link', 'set', linkA, 'up');
  b.exec('ip', 'link', 'set', linkB, 'up');
}

function addresses(host: TestHost, link: string, ip4: string, ip6: string): void {
  host.exec('ip', 'address', 'add', ip4, 'dev', link);
  host.exec('ip', 'address', 'add', ip6, 'dev', link, 'nodad');
}
