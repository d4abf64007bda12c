import type { AttachMode, Families, Family, Host, Lab, Pod } from '../../lab/index.js';
import { waitUntil } from '../../lab/index.js';

/** A backend with its options, as a cluster is configured. */
export interface Way {
  /** For the names of tests. */
  readonly name: string;
  readonly backend: string;
  readonly backendOptions?: Readonly<Record<string, unknown>>;
  /** The link that packets of a family leave a node by, to a peer on the same subnet and to others. */
  readonly link: (family: Family, isSameSubnet: boolean) => string;
}

const vxlanLink = (family: Family): string =>
  family === 'ipv4' ? 'poplin.vxlan' : 'poplin.vxlan6';

/** The backends that any kernel of a test machine carries. */
export const ways: readonly Way[] = [
  { name: 'host-gw', backend: 'host-gw', link: () => 'eth0' },
  { name: 'vxlan', backend: 'vxlan', link: vxlanLink },
  {
    name: 'vxlan direct',
    backend: 'vxlan',
    backendOptions: { direct: true },
    link: (family, isSameSubnet) => (isSameSubnet ? 'eth0' : vxlanLink(family)),
  },
  { name: 'udp', backend: 'udp', link: () => 'poplin.udp' },
];

const ipipLink = (family: Family): string => (family === 'ipv4' ? 'poplin.ipip' : 'poplin.ip6tnl');

/** The backend for kernels that have `ipip` and `ip6_tunnel`. */
export const ipipWays: readonly Way[] = [
  { name: 'ipip', backend: 'ipip', link: ipipLink },
  {
    name: 'ipip cross-subnet',
    backend: 'ipip',
    backendOptions: { mode: 'cross-subnet' },
    link: (family, isSameSubnet) => (isSameSubnet ? 'eth0' : ipipLink(family)),
  },
];

/** A cluster that is tried. */
export interface Cell {
  readonly way: Way;
  readonly attach: AttachMode;
  readonly family: Families;
}

/** Every way that is asked for, in each attach mode and with all families; each with its name. */
export function cellsOf(list: readonly Way[]): readonly (readonly [string, Cell])[] {
  const families = ['ipv4', 'ipv6', 'dual'] as const;
  return list.flatMap((way) =>
    (['routed', 'bridge'] as const).flatMap((attach) =>
      families.map(
        (family) =>
          [`${way.name}, attached ${attach}, ${family}`, { way, attach, family }] as const,
      ),
    ),
  );
}

/** The family of an address. */
export const familyOf = (ip: string): Family => (ip.includes(':') ? 'ipv6' : 'ipv4');

/**
 * Waits until each node sends packets for the pods of all others by the link that it should, and answers with what differs: blocks are
 * claimed by the first pod, and peers hear of them a moment later.
 */
export async function wrongLinks(
  lab: Lab,
  pods: readonly Pod[],
  way: Way,
): Promise<readonly string[]> {
  let wrong: readonly string[] = [];
  const areRight = async (): Promise<boolean> => {
    const all = lab.hosts.map((host) => wrongLinksOf(host, pods, way));
    wrong = (await Promise.all(all)).flat();
    return wrong.length === 0;
  };
  await waitUntil('packets leave by the right links', areRight).catch(() => false);
  return wrong;
}

async function wrongLinksOf(
  host: Host,
  pods: readonly Pod[],
  way: Way,
): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const pod of pods) {
    if (pod.host === host) continue;
    for (const ip of pod.ips) {
      const isSameSubnet = pod.host.planned.subnet === host.planned.subnet;
      const wanted = way.link(familyOf(ip), isSameSubnet);
      const route = await linkTowards(host, ip);
      if (route !== wanted)
        wrong.push(`${host.name} sends to ${ip} of ${pod.name} by ${route}, not by ${wanted}`);
    }
  }
  return wrong;
}

/** The link that a node's packets for an address leave by, as `ip route get` says; its complaint where there is none. */
async function linkTowards({ namespace }: Host, ip: string): Promise<string> {
  const { stdout, stderr } = await namespace.execute(['ip', 'route', 'get', ip]);
  return / dev (\S+)/.exec(stdout)?.[1] ?? stderr.trim();
}
