import { must } from './execute.js';
import { Namespace } from './namespace.js';
import type { PlannedHost, Prefix, Subnet, UnderlayPlan } from './underlay-plan.js';

/** The network between the hosts of a lab: a bridge per subnet, all in one namespace, which is the router between them. */
export class Underlay {
  readonly namespace: Namespace;
  readonly plan: UnderlayPlan;

  private constructor(namespace: Namespace, plan: UnderlayPlan) {
    this.namespace = namespace;
    this.plan = plan;
  }

  /** Makes bridges and router. */
  static async create(labId: string, plan: UnderlayPlan): Promise<Underlay> {
    const namespace = await Namespace.create(`${labId}-net`);
    await namespace.must(['sysctl', '-qw', 'net.ipv6.conf.default.accept_dad=0']);
    await namespace.configure(plan.subnets.flatMap((subnet) => switchLines(subnet, plan)));
    if (plan.subnets.length > 1)
      await namespace.must([
        'sysctl',
        '-qw',
        'net.ipv4.ip_forward=1',
        'net.ipv6.conf.all.forwarding=1',
      ]);
    return new Underlay(namespace, plan);
  }

  /** From now on the router drops what is not of the subnet that it comes from; by nftables it counts it, see {@link strangers}. */
  async dropStrangers(): Promise<void> {
    if (this.plan.routerFilter === 'rules') {
      for (const words of strangerRoutingRules(this.plan.subnets))
        await this.namespace.must(['ip', ...words]);
      return;
    }
    const ruleset = strangerRules(this.plan.subnets).join('\n');
    await this.namespace.must(['nft', '-f', '-'], { input: `${ruleset}\n` });
  }

  /**
   * Makes a host: a namespace whose `eth0` is a veth into the bridge of its subnet. Both ends are born in their namespaces,
   * so that nothing is ever seen in the namespace of the machine.
   */
  async addHost(labId: string, planned: PlannedHost): Promise<Namespace> {
    const { name, mtu, subnet } = planned;
    const host = await Namespace.create(`${labId}-${name}`);
    const { bridge = '' } = this.plan.subnets[subnet] ?? {};
    await must([
      ...['ip', '-n', this.namespace.name, 'link', 'add', name],
      ...['mtu', String(this.plan.switchMtu), 'master', bridge, 'up'],
      ...['type', 'veth', 'peer', 'name', 'eth0', 'mtu', String(mtu), 'netns', host.name],
    ]);
    await host.must(['sysctl', '-qw', ...hostSettings(this.plan)]);
    await host.configure(this.addressLines(planned));
    return host;
  }

  /** Lines of `ip` that bring a host's `eth0` up with its addresses and default routes, as a network manager would. */
  addressLines({ subnet, addresses }: PlannedHost): readonly string[] {
    const prefixes = this.plan.subnets[subnet]?.prefixes ?? [];
    return [
      ...prefixes.map((prefix, index) => addressLine(addresses[index] ?? '', prefix, 'eth0')),
      'link set eth0 up',
      ...prefixes.map(({ router }) => `route replace default via ${router}`),
    ];
  }

  /** Gives the links of the router another MTU, in bytes. */
  async setRouterMtu(mtu: number): Promise<void> {
    await this.namespace.configure(
      this.plan.subnets.map(({ bridge }) => `link set ${bridge} mtu ${mtu}`),
    );
  }

  /** How many packets the router has dropped since their source was not of the subnet that they came from. */
  async strangers(): Promise<number> {
    const stdout = await this.namespace.must([
      ...['nft', '-j', 'list', 'counter', 'inet', 'lab', 'strangers'],
    ]);
    const { nftables } = JSON.parse(stdout) as { readonly nftables: readonly NftCounter[] };
    return nftables.find(({ counter }) => counter)?.counter?.packets ?? 0;
  }
}

interface NftCounter {
  readonly counter?: { readonly packets: number };
}

function switchLines({ bridge, prefixes }: Subnet, { routerMtu }: UnderlayPlan): readonly string[] {
  return [
    `link add ${bridge} type bridge`,
    // Said, it does not follow that of the ports.
    `link set ${bridge} mtu ${routerMtu}`,
    ...prefixes.map((prefix) => addressLine(prefix.router, prefix, bridge)),
    `link set ${bridge} up`,
  ];
}

const addressLine = (ip: string, { length, family }: Prefix, link: string): string =>
  `address replace ${ip}/${length} dev ${link}${family === 'ipv6' ? ' nodad' : ''}`;

/** Lines of nft that drop packets which are forwarded from a subnet with a source that is not of it. */
function strangerRules(subnets: readonly Subnet[]): readonly string[] {
  const rules = subnets.flatMap(({ bridge, prefixes }) =>
    prefixes.map(({ family, cidr }) => {
      const source = `${family === 'ipv4' ? 'ip' : 'ip6'} saddr`;
      // Where br_netfilter is loaded, frames that stay on a bridge come by here, too.
      return `iifname ${bridge} oifname != ${bridge} ${source} != ${cidr} counter name strangers drop`;
    }),
  );
  return [
    'table inet lab {',
    'counter strangers { }',
    'chain forward { type filter hook forward priority filter;',
    ...rules,
    '}',
    '}',
  ];
}

/**
 * Words of ip that let packets of pods, by their usual pools, lead nowhere. A rule cannot say what is not of a subnet: `not` turns round
 * all that it asks for, the link too.
 */
function strangerRoutingRules(subnets: readonly Subnet[]): readonly (readonly string[])[] {
  return subnets.flatMap(({ bridge, prefixes }) =>
    prefixes.map(({ family }) => {
      const [flag, pool] = family === 'ipv4' ? ['-4', '10.244.0.0/16'] : ['-6', 'fd00:10:244::/56'];
      return [flag, 'rule', 'add', 'priority', '10', 'from', pool, 'iif', bridge, 'blackhole'];
    }),
  );
}

/**
 * Settings of a host. Its `eth0` has been up for long: it looks for no address that somebody else has (RFC 4862, section 5.4), which takes a
 * second, in which neither a router nor a pod's gateway finds neighbours. Poplin's links do as they do everywhere.
 */
function hostSettings({ rpFilter }: UnderlayPlan): readonly string[] {
  const links = rpFilter === undefined ? [] : ['all', 'default', 'eth0'];
  return [
    'net.ipv6.conf.eth0.accept_dad=0',
    ...links.map((link) => `net.ipv4.conf.${link}.rp_filter=${rpFilter}`),
  ];
}
