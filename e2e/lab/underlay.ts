import { must } from './execute.js';
import { Namespace } from './namespace.js';

/**
 * The addresses of a lab, all on one link: hosts n1…n10 are .11….20, a host that is no node is .200, and .250
 * is the namespace with the bridge itself, where etcd listens and where the hosts' default route points.
 */
export const underlayAddresses = {
  prefixLength: 24,
  cidr: '192.168.77.0/24',
  host: (index: number): string => `192.168.77.${10 + index}`,
  outside: '192.168.77.200',
  registry: '192.168.77.250',
} as const;

/** The most hosts that the plan of addresses has room for. */
export const maxHosts = 10;

/** The link that all hosts of a lab share: a bridge in a namespace of its own. */
export class Underlay {
  readonly namespace: Namespace;

  private constructor(namespace: Namespace) {
    this.namespace = namespace;
  }

  /** Makes the bridge and gives it the registry's address. */
  static async create(labId: string): Promise<Underlay> {
    const namespace = await Namespace.create(`${labId}-net`);
    await namespace.configure([
      'link add br0 type bridge',
      `address add ${underlayAddresses.registry}/${underlayAddresses.prefixLength} dev br0`,
      'link set br0 up',
    ]);
    return new Underlay(namespace);
  }

  /**
   * Makes a host: a namespace whose `eth0` is a veth into the bridge. Both ends are born in their namespaces,
   * so that nothing is ever seen in the namespace of the machine.
   *
   * @param name of the host, and of its end at the bridge
   */
  async addHost(labId: string, name: string, address: string): Promise<Namespace> {
    const host = await Namespace.create(`${labId}-${name}`);
    await must([
      ...['ip', '-n', this.namespace.name, 'link', 'add', name, 'master', 'br0', 'up'],
      ...['type', 'veth', 'peer', 'name', 'eth0', 'netns', host.name],
    ]);
    await host.configure([
      `address add ${address}/${underlayAddresses.prefixLength} dev eth0`,
      'link set eth0 up',
      `route add default via ${underlayAddresses.registry}`,
    ]);
    return host;
  }
}
