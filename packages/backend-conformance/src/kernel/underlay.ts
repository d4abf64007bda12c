import type { Underlay } from '@poplin/backend';
import { parseCidr, parseIp } from '@poplin/net';
import { underlayOf } from '../plans/example-network.js';
import type { UnderlayKind } from '../subject.js';
import { forward, type Namespace, type Namespaces } from './namespace.js';

/** A host of a test: a namespace with `eth0` on the underlay. */
export interface UnderlayHost {
  readonly number: number;
  readonly namespace: Namespace;
  readonly underlay: Underlay;
}

/** Makes the hosts n1 and n2 and what is between them: a wire, or a router. */
export async function makeUnderlay(
  namespaces: Namespaces,
  kind: UnderlayKind,
): Promise<readonly [UnderlayHost, UnderlayHost]> {
  const [one, two] = [await namespaces.make('n1'), await namespaces.make('n2')];
  for (const host of [one, two]) await forward(host);
  if (kind === 'same link') {
    await one.ip(`link add eth0 type veth peer name eth0 netns ${two.name}`);
    await address(one, 'eth0', '192.168.7.1', 'fd77::1');
    await address(two, 'eth0', '192.168.7.2', 'fd77::2');
    return [hostOn(1, one), hostOn(2, two)];
  }
  const router = await namespaces.make('router');
  await forward(router);
  await one.ip(`link add eth0 type veth peer name one netns ${router.name}`);
  await two.ip(`link add eth0 type veth peer name two netns ${router.name}`);
  await address(one, 'eth0', '192.168.7.1', 'fd77::1');
  await address(two, 'eth0', '192.168.8.2', 'fd78::2');
  await address(router, 'one', '192.168.7.254', 'fd77::fe');
  await address(router, 'two', '192.168.8.254', 'fd78::fe');
  for (const [host, four, six] of [
    [one, '192.168.7.254', 'fd77::fe'],
    [two, '192.168.8.254', 'fd78::fe'],
  ] as const) {
    await host.ip(`route add default via ${four}`);
    await host.ip(`-6 route add default via ${six}`);
  }
  return [hostOn(1, one), hostBehindRouter(two)];
}

async function address(host: Namespace, link: string, four: string, six: string): Promise<void> {
  await host.ip(`link set ${link} up`);
  await host.ip(`address add ${four}/24 dev ${link}`);
  await host.ip(`address add ${six}/64 dev ${link} nodad`);
}

function hostOn(number: number, namespace: Namespace): UnderlayHost {
  const { mac: _, ...underlay } = underlayOf(number);
  return { number, namespace, underlay };
}

function hostBehindRouter(namespace: Namespace): UnderlayHost {
  const addresses = [
    { family: 'ipv4', ip: parseIp('192.168.8.2'), onLink: parseCidr('192.168.8.0/24') },
    { family: 'ipv6', ip: parseIp('fd78::2'), onLink: parseCidr('fd78::/64') },
  ] as const;
  return { number: 2, namespace, underlay: { link: 'eth0', mtu: 1500, addresses } };
}
