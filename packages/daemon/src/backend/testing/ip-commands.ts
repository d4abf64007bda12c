import type { KernelState, LinkState, RouteState, RuleState } from '@poplin/backend';
import { familyOf } from '@poplin/net';

/** What would make a state by hand: lines for `ip -batch` and for `bridge -batch`, and sysctls. */
export interface IpCommands {
  readonly ip: readonly string[];
  readonly bridge: readonly string[];
  /** Dotted as `sysctl -w` wants them, with a slash for a dot in a name. */
  readonly sysctls: readonly string[];
}

/**
 * Says a backend's state in the words of iproute2: the kernel's answer to a plan can be had without our driver and our reconciler.
 */
export function ipCommands(state: KernelState): IpCommands {
  return {
    ip: [
      ...state.links.map(addLink),
      ...state.links.map(({ name, mtu }) => `link set ${name} mtu ${mtu} up`),
      ...state.addresses.map(
        ({ link, ip, length, scope }) => `address add ${ip}/${length} dev ${link} scope ${scope}`,
      ),
      ...state.rules.map(addRule),
      ...state.neighbours.map(
        ({ link, ip, mac }) => `neighbour replace ${ip} lladdr ${mac} dev ${link} nud permanent`,
      ),
      ...state.routes.map(replaceRoute),
    ],
    bridge: state.fdb.map(
      ({ link, mac, dst }) => `fdb replace ${mac} dev ${link} dst ${dst} self permanent`,
    ),
    sysctls: state.sysctls.map(({ key, value }) => `${key}=${value}`),
  };
}

function addLink(link: LinkState): string {
  switch (link.kind) {
    case 'vxlan':
      return `link add ${link.name} address ${link.mac} type vxlan id ${link.vni} dstport ${link.port} local ${link.local} dev ${link.underlay} nolearning`;
    case 'ipip':
      return `link add ${link.name} type ipip local ${link.local} dev ${link.underlay}`;
    case 'ip6tnl':
      return `link add ${link.name} type ip6tnl mode ip6ip6 local ${link.local} dev ${link.underlay} encaplimit none`;
    default:
      throw new Error(`no backend of this test makes a ${link.kind}`);
  }
}

function addRule({ family, priority, from, to, table }: RuleState): string {
  const which = `${from ? ` from ${from}` : ''}${to ? ` to ${to}` : ''}`;
  return `-${digit(family)} rule add priority ${priority}${which} table ${table}`;
}

function replaceRoute(route: RouteState): string {
  if (route.type !== 'unicast') throw new Error('a backend leads somewhere');
  const { dst, link, via, onlink, source, mtu, table } = route;
  return [
    `-${digit(familyOf(dst))} route replace ${dst}`,
    via && `via inet${digit(familyOf(via)) === 6 ? '6' : ''} ${via}`,
    `dev ${link} proto 112`,
    onlink && 'onlink',
    source && `src ${source}`,
    mtu && `mtu ${mtu}`,
    table && `table ${table}`,
  ]
    .filter((word) => word)
    .join(' ');
}

function digit(family: string): 4 | 6 {
  return family === 'ipv4' ? 4 : 6;
}
