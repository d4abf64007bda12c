import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  type Backend,
  joinStates,
  type KernelState,
  type NetworkView,
  type Peer,
  type RunningBackend,
  type Underlay,
} from '@poplin/backend';
import { cidrOf, familyOf, parseCidr, parseIp, silentLog } from '@poplin/net';
import { ipCommands } from './ip-commands.js';

/** Two nodes on one link, each with a pod in attach mode `routed`; tunnels between them made by hand from plans. */
export interface TwoNodes extends Disposable {
  readonly a: TestNode;
  readonly b: TestNode;
  /** What each wants of the kernel, and what it sees of the other. */
  readonly plans: readonly [a: NodePlan, b: NodePlan];
}

/** What a backend wants on one of the nodes, and why. */
export interface NodePlan {
  readonly underlay: Underlay;
  readonly peer: Peer;
  readonly host: KernelState;
  readonly state: KernelState;
}

/** A node and its pod. */
export interface TestNode {
  /** Addresses on the underlay. */
  readonly addresses: readonly string[];
  /** The file that stands for its namespace. */
  readonly path: string;
  /** Address of the pod per family. */
  readonly pod4: string;
  readonly pod6: string;
  /** Runs a command on the node; throws with what it said. */
  onNode(...command: string[]): string;
  /** Runs a command in the pod; throws with what it said. */
  inPod(...command: string[]): string;
  /** Runs a command in the pod, whatever becomes of it. */
  tryInPod(...command: string[]): string;
}

/** What the nodes are like. */
export interface TwoNodesOptions {
  /** Addresses of each on the underlay, without prefix length. */
  readonly addresses: readonly [readonly string[], readonly string[]];
  /** `rp_filter` of all links there are and will be. */
  readonly rpFilter: 0 | 1 | 2;
  /** MTU of each one's underlay, bytes. */
  readonly mtus?: readonly [number, number];
}

const dad = 'net.ipv6.conf.default.accept_dad';
const pools = ['10.244.0.0/16', 'fd00:10::/32'].map(parseCidr);
const gatewayMac = '0a:58:a9:fe:01:01';

/** Makes them, with a backend at work on both. Dispose: `using`. */
export async function twoNodes<Options, PeerData>(
  backend: Backend<Options, PeerData>,
  options: unknown,
  { addresses, rpFilter, mtus = [1500, 1500] }: TwoNodesOptions,
): Promise<TwoNodes> {
  const prefix = `pt${randomBytes(3).toString('hex')}`;
  const names = ['a', 'b', 'pa', 'pb'].map((name) => `${prefix}-${name}`);
  const dispose = (): void => {
    for (const name of names) spawnSync('ip', ['netns', 'delete', name]);
  };
  try {
    for (const name of names) {
      run('ip', 'netns', 'add', name);
      // A router whose link-local address is still tentative asks for no neighbour (ndisc_solicit), for two seconds.
      run(...['nsenter', `--net=/run/netns/${name}`, 'sysctl', '-qw'], `${dad}=0`);
      run('ip', '-n', name, 'link', 'set', 'lo', 'up');
    }
    const [nodeA = '', nodeB = '', podA = '', podB = ''] = names;
    const a = prepare(nodeA, podA, 1, addresses[0], rpFilter);
    const b = prepare(nodeB, podB, 2, addresses[1], rpFilter);
    run('ip', '-n', nodeA, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'eth0', 'netns', nodeB);
    const [ua, ub] = [connect(a, mtus[0]), connect(b, mtus[1])];
    const [ra, rb] = [
      await start(backend, options, 'a', ua),
      await start(backend, options, 'b', ub),
    ];
    const plans = [
      apply(a, ra, { underlay: ua, pools }, { ...peerOf('b', b, 2, ub.mtu), data: rb.published }),
      apply(b, rb, { underlay: ub, pools }, { ...peerOf('a', a, 1, ua.mtu), data: ra.published }),
    ] as const;
    return { a, b, plans, [Symbol.dispose]: dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

function run(...[command = '', ...args]: string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', stdio: 'pipe' });
}

function prepare(
  node: string,
  pod: string,
  number: number,
  addresses: readonly string[],
  rpFilter: number,
): TestNode {
  const inside = (netns: string, ...command: string[]): string =>
    run('nsenter', `--net=/run/netns/${netns}`, '--', ...command);
  const [pod4, pod6] = [`10.244.${number}.5`, `fd00:10:${number}::5`];
  for (const key of ['all', 'default']) {
    inside(node, 'sysctl', '-qw', `net.ipv4.conf.${key}.rp_filter=${rpFilter}`);
  }
  inside(node, 'sysctl', '-qw', 'net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1');
  run('ip', '-n', node, 'link', 'add', 'pop0', 'type', 'veth', 'peer', 'eth0', 'netns', pod);
  run('ip', '-n', node, 'link', 'set', 'pop0', 'address', gatewayMac, 'up');
  run('ip', '-n', pod, 'link', 'set', 'eth0', 'up');
  for (const [ip, gateway] of [
    [pod4, '169.254.1.1'],
    [pod6, 'fe80::1'],
  ] as const) {
    const bits = ip.includes(':') ? '128' : '32';
    const dad = ip.includes(':') ? ['nodad'] : [];
    run('ip', '-n', pod, 'address', 'add', `${ip}/${bits}`, 'dev', 'eth0', ...dad);
    const neighbour = ['neighbour', 'add', gateway, 'lladdr', gatewayMac, 'dev', 'eth0'];
    run('ip', '-n', pod, ...neighbour);
    run('ip', '-n', pod, 'route', 'add', 'default', 'via', gateway, 'dev', 'eth0', 'onlink');
    run('ip', '-n', node, 'route', 'add', `${ip}/${bits}`, 'dev', 'pop0');
  }
  return {
    addresses,
    path: `/run/netns/${node}`,
    pod4,
    pod6,
    onNode: (...command) => inside(node, ...command),
    inPod: (...command) => inside(pod, ...command),
    tryInPod: (...command) => {
      const [name = '', ...args] = ['nsenter', `--net=/run/netns/${pod}`, '--', ...command];
      const { stdout, stderr } = spawnSync(name, args, { encoding: 'utf8' });
      return stdout + stderr;
    },
  };
}

/** Gives the node's `eth0` its addresses, and brings it up. */
function connect({ onNode, addresses }: TestNode, mtu: number): Underlay {
  onNode('ip', 'link', 'set', 'eth0', 'mtu', `${mtu}`, 'up');
  const parsed = addresses.map(parseIp).map((ip) => {
    const family = familyOf(ip);
    return { family, ip, onLink: cidrOf(ip, family === 'ipv4' ? 24 : 64) };
  });
  for (const { ip, onLink, family } of parsed) {
    const dad = family === 'ipv6' ? ['nodad'] : [];
    onNode('ip', 'address', 'add', `${ip}/${onLink.split('/')[1]}`, 'dev', 'eth0', ...dad);
  }
  return { link: 'eth0', mtu, addresses: parsed };
}

function start<Options, PeerData>(
  backend: Backend<Options, PeerData>,
  options: unknown,
  nodeName: string,
  underlay: Underlay,
): Promise<RunningBackend<PeerData>> {
  const host = { nodeName, nodeId: nodeName, underlay, linkSuffix: '', log: silentLog };
  return backend.start(host, backend.options.parse(options));
}

function peerOf(name: string, { addresses }: TestNode, number: number, mtu: number): Peer {
  const blocks = [`10.244.${number}.0/26`, `fd00:10:${number}::/64`].map(parseCidr);
  return { name, addresses: addresses.map(parseIp), blocks, mtu, data: {} };
}

function apply<PeerData>(
  { onNode }: TestNode,
  running: RunningBackend<PeerData>,
  view: NetworkView,
  peer: Peer<PeerData>,
): NodePlan {
  const { state, refusals } = running.planPeer(peer, view);
  if (refusals.length > 0) throw new Error(refusals.join('; '));
  const host = running.planHost(view);
  const { ip, bridge, sysctls } = ipCommands(joinStates([host, state]));
  for (const line of ip) onNode('ip', ...line.split(' '));
  for (const line of bridge) onNode('bridge', ...line.split(' '));
  for (const setting of sysctls) onNode('sysctl', '-qw', setting);
  return { underlay: view.underlay, peer, host, state };
}
