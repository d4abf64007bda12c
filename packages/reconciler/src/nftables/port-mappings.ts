import type { PortMappingState } from '@poplin/backend';
import { type Family, familyOf, type Ip } from '@poplin/net';
import { type NftExpression, type NftStatement, nft } from '@poplin/netlink';
import { type Element, prefixPart } from './element.js';
import { loopback } from './loopback-guard.js';
import { withoutCovered } from './masquerade.js';
import type { SetDeclaration } from './set.js';

/** A port of the node, whoever has it. */
export interface HostPort extends Pick<PortMappingState, 'protocol' | 'hostIp' | 'hostPort'> {
  readonly family: Family;
}

/** Where a host port leads. */
export type PortTarget = Pick<PortMappingState, 'ip' | 'port'>;

type Scope = 'any' | 'one';

/**
 * The maps from host ports to pods in one family, `any` for a port of every local address, `one` for that of one address;
 * and the senders whose packets must come back through the node.
 *
 * Two maps by the way the address is given, instead of one with intervals: hash tables change in constant time, where the
 * interval set for concatenations (pipapo) is copied as a whole at each commit, and its deletions were mended in many kernels
 * after 5.10. Two maps by value, address and port, because libnftables 1.0.6 cannot make maps to `ipv4_addr .
 * inet_service` by JSON.
 */
export function portMappingSets(family: Family): SetDeclaration[] {
  const address = nft.addressType(family);
  const port = ['inet_proto', 'inet_service'] as const;
  return [
    { name: ipMap('any', family), type: port, map: address },
    { name: portMap('any', family), type: port, map: 'inet_service' },
    { name: ipMap('one', family), type: [address, ...port], map: address },
    { name: portMap('one', family), type: [address, ...port], map: 'inet_service' },
    { name: `hairpin_${family}`, type: [address, address], flags: ['interval'] },
  ];
}

const ipMap = (scope: Scope, family: Family): string => `${scope}_port_to_ip_${family}`;
const portMap = (scope: Scope, family: Family): string => `${scope}_port_to_port_${family}`;

const withPorts = nft.match(nft.meta('l4proto'), '==', nft.anonymousSet(['tcp', 'udp', 'sctp']));

/**
 * The rules that lead packets to local addresses on to pods, for the chain `host_ports`. Same as
 *
 *     ip6 daddr ::1 return
 *     meta nfproto ipv4 meta l4proto { tcp, udp, sctp } dnat ip to
 *       meta l4proto . th dport map @any_port_to_ip_ipv4 : meta l4proto . th dport map @any_port_to_port_ipv4
 *
 * A key that a map has not ends the rule. The kernel has no `route_localnet` for IPv6, so a connection to [::1] that
 * were led on would wait in vain; left alone it is refused at once, and the client tries 127.0.0.1.
 */
export function portMappingRules(family: Family): NftStatement[][] {
  const port = [nft.meta('l4proto'), nft.payload('th', 'dport')];
  const spareLoopback = [nft.match(nft.destinationAddress('ipv6'), '==', '::1'), nft.returnVerdict];
  const leadOn = (['one', 'any'] as const).map((scope) => {
    const key: NftExpression = nft.concat(
      ...(scope === 'one' ? [nft.destinationAddress(family)] : []),
      ...port,
    );
    return [
      nft.match(nft.meta('nfproto'), '==', family),
      withPorts,
      nft.dnat({
        family,
        address: nft.lookup(key, `@${ipMap(scope, family)}`),
        port: nft.lookup(key, `@${portMap(scope, family)}`),
      }),
    ];
  });
  return family === 'ipv6' ? [spareLoopback, ...leadOn] : leadOn;
}

/**
 * The rules that have pods answer through the node, for the chain `postrouting`. Same as
 *
 *     ct status dnat ip saddr 127.0.0.0/8 oifname "pop*" masquerade
 *     ct status dnat ip saddr . ip daddr @hairpin_ipv4 masquerade
 *
 * Masquerading takes an address of the outgoing link, and any global one of the host where the link has none
 * (inet_select_addr): the host's end of a routed pod has none.
 */
export function hairpinRules(family: Family): NftStatement[][] {
  const source = nft.sourceAddress(family);
  const destination = nft.destinationAddress(family);
  const translated = nft.match(nft.ct('status'), 'in', 'dnat');
  const fromLoopback = [
    translated,
    nft.match(source, '==', nft.prefix(loopback)),
    nft.match(nft.meta('oifname'), '==', 'pop*'),
    nft.masquerade(),
  ];
  const fromSenders = [
    translated,
    nft.match(nft.concat(source, destination), '==', nft.inSet(`hairpin_${family}`)),
    nft.masquerade(),
  ];
  return family === 'ipv4' ? [fromLoopback, fromSenders] : [fromSenders];
}

/** The elements for the mappings to one pod address. */
export function portMappingElements(states: readonly PortMappingState[]): Element[] {
  const [first] = states;
  if (!first) return [];
  const { ip } = first;
  const family = familyOf(ip);
  const senders = withoutCovered(states.map(({ hairpin }) => hairpin));
  return [
    ...states.flatMap((state) => {
      const [toIp, toPort] = portPlaces({ family, ...state });
      return [
        { value: ip, ...toIp },
        { value: state.port, ...toPort },
      ];
    }),
    ...senders.map((cidr) => ({ set: `hairpin_${family}`, key: [prefixPart(cidr), ip] })),
  ];
}

/** The elements of a host port, without their values: pod address first, port second. */
export function portPlaces({
  family,
  protocol,
  hostIp,
  hostPort,
}: HostPort): [toIp: Element, toPort: Element] {
  const scope = hostIp === undefined ? 'any' : 'one';
  const key = [...(hostIp === undefined ? [] : [hostIp]), protocol, hostPort];
  return [
    { set: ipMap(scope, family), key },
    { set: portMap(scope, family), key },
  ];
}

/** The host port that an element is about, if any. */
export function hostPortOf({ set, key }: Element): HostPort | undefined {
  const [, scope, family] = /^(any|one)_port_to_(?:ip|port)_(ipv[46])$/.exec(set) ?? [];
  if (scope === undefined) return undefined;
  const [hostPort, protocol, hostIp] = key.toReversed();
  return {
    family: family as Family,
    protocol: protocol as HostPort['protocol'],
    hostPort: Number(hostPort),
    ...(hostIp !== undefined && { hostIp: hostIp as Ip }),
  };
}
