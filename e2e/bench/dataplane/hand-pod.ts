import { type Host, must, Namespace } from '../../lab/index.js';

/** A pod that was attached by hand. */
export interface HandPod {
  readonly namespace: Namespace;
  readonly ip: string;
}

/** Where a pod is, and how it is attached. */
export interface HandPodOptions {
  readonly ip: string;
  /** Of both ends, bytes. */
  readonly mtu: number;
  /** Address of the bridge that the pod is a port of, in its /24; absent: no bridge, as in attach mode `routed`. */
  readonly gateway?: string;
}

/** MAC of the host's end without a bridge: each pod is alone on its link. */
const hostMac = '02:00:00:00:00:fe';

/** Attaches one pod with `ip` alone, in the shape of Poplin's attach modes. A host can have one. */
export async function attachByHand(host: Host, options: HandPodOptions): Promise<HandPod> {
  const { ip, mtu, gateway } = options;
  const namespace = await Namespace.create(`${host.labId}-hand-${host.name}`);
  await must([
    ...['ip', '-n', host.namespace.name, 'link', 'add', 'pod', 'mtu', String(mtu), 'up'],
    ...['type', 'veth', 'peer', 'name', 'eth0', 'mtu', String(mtu), 'netns', namespace.name],
  ]);
  if (gateway !== undefined) {
    await host.namespace.configure([
      'link add pods type bridge',
      'link set pod master pods',
      `link set pods mtu ${mtu} up`,
      `address add ${gateway}/24 dev pods`,
    ]);
    await namespace.configure([
      `address add ${ip}/24 dev eth0`,
      'link set eth0 up',
      `route add default via ${gateway}`,
    ]);
    return { namespace, ip };
  }
  await host.namespace.configure([
    `link set pod address ${hostMac}`,
    'address add 169.254.1.1/32 dev pod scope link',
    `route add ${ip} dev pod`,
  ]);
  await namespace.configure([
    `address add ${ip}/32 dev eth0`,
    'link set eth0 up',
    `neighbour replace 169.254.1.1 lladdr ${hostMac} dev eth0 nud permanent`,
    'route add default via 169.254.1.1 dev eth0 onlink',
  ]);
  return { namespace, ip };
}
