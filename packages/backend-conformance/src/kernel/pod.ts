import type { Family, Ip } from '@poplin/net';
import { familyOf, parseIp } from '@poplin/net';
import type { Namespace, Namespaces } from './namespace.js';
import type { UnderlayHost } from './underlay.js';

/** A pod of a host: a namespace with an address of each family out of the host's blocks. */
export interface TestPod {
  readonly namespace: Namespace;
  readonly addresses: Readonly<Record<Family, Ip>>;
}

/** Attaches a pod as attach mode `routed` does: a /32 and a /128, a gateway that nobody has, a route to it on the host. */
export async function makePod(
  namespaces: Namespaces,
  { number, namespace: host }: UnderlayHost,
  mtu: number,
): Promise<TestPod> {
  const pod = await namespaces.make(`pod${number}`);
  const addresses = {
    ipv4: parseIp(`10.244.${number}.5`),
    ipv6: parseIp(`fd00:10:244:${number}::5`),
  };
  await host.ip(
    `link add pod0 mtu ${mtu} address 02:00:00:00:01:01 type veth peer name eth0 netns ${pod.name}`,
  );
  await host.ip('link set pod0 up');
  await pod.ip(`link set eth0 mtu ${mtu} up`);
  for (const ip of [addresses.ipv4, addresses.ipv6]) {
    const gateway = familyOf(ip) === 'ipv4' ? '169.254.1.1' : 'fe80::1';
    await host.ip(`route add ${ip} dev pod0`);
    await pod.ip(`address add ${ip} dev eth0 ${familyOf(ip) === 'ipv6' ? 'nodad' : ''}`.trim());
    await pod.ip(`neighbour add ${gateway} lladdr 02:00:00:00:01:01 dev eth0 nud permanent`);
    await pod.ip(`route add default via ${gateway} dev eth0 onlink`);
  }
  return { namespace: pod, addresses };
}

/** IPv4 header (RFC 791) or IPv6 header (RFC 8200), and that of an echo request (RFC 792, RFC 4443). */
const headers: Readonly<Record<Family, number>> = { ipv4: 20 + 8, ipv6: 40 + 8 };

/** Sends a packet of so many bytes, which nobody may fragment, until it is answered; gives up after some tries. */
export async function pings(from: Namespace, to: Ip, bytes = 84): Promise<string> {
  let said = '';
  for (let round = 0; round < 10; round++) {
    const answer = await ping(from, to, bytes);
    if (answer.status === 0) return 'answered';
    said = answer.said;
  }
  return said;
}

/** Sends one packet of so many bytes, which nobody may fragment. */
export function ping(from: Namespace, to: Ip, bytes: number) {
  const payload = String(bytes - headers[familyOf(to)]);
  return from.run('ping', '-c', '1', '-W', '1', '-M', 'do', '-s', payload, to);
}
