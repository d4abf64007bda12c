import { familyOf } from '@poplin/net';
import {
  addressAdd,
  type LinkSpec,
  linkSet,
  type Netlink,
  NetlinkError,
  type Netns,
  neighbourReplace,
  openNetlink,
  routeAdd,
  writeSysctl,
} from '@poplin/netlink';
import { AttachmentError } from './error.js';
import { hostLinkAlias } from './identity.js';
import { bridgeName, defaultRoute, gatewayMac, podAddresses } from './plan.js';
import type { AttachmentRecord } from './record.js';

/**
 * Makes the pair of links of an attachment and configures the pod's end. The host's routes are the
 * reconciler's. Same as
 *
 *     ip link add POPxxx mtu M type veth peer name eth0 address MAC mtu M netns POD
 *     ip -n POD address add IP/32 dev eth0; ip -n POD link set eth0 up
 *     ip -n POD neighbour add 169.254.1.1 lladdr GATEWAY-MAC dev eth0 nud permanent
 *     ip -n POD route add default via 169.254.1.1 dev eth0 onlink
 *
 * @returns the index of the host's end.
 * @throws {AttachmentError} INTERFACE_EXISTS when the pod has an interface of that name.
 * @throws {NetlinkError} when the kernel refuses; the caller takes down what there is.
 */
export async function buildInterface(
  host: Netlink,
  netns: Netns,
  record: AttachmentRecord,
): Promise<number> {
  using pod = openNetlink({ netns });
  const bridged = record.mode === 'bridge';
  const spec: LinkSpec = {
    name: record.hostLink,
    kind: 'veth',
    mtu: record.mtu,
    // A routed pod's next hop is this very link. Given at creation, udev leaves the MAC alone.
    ...(!bridged && { mac: gatewayMac }),
    ...(bridged && { masterIfindex: (await host.link.get({ name: bridgeName })).ifindex }),
    alias: hostLinkAlias(record),
    up: true,
    peer: { name: record.ifname, mac: record.mac, mtu: record.mtu, netns },
  };
  try {
    await host.link.add(spec);
  } catch (error) {
    await refuseExisting(pod, record, error);
    throw error;
  }
  return await configurePod(pod, netns, record);
}

/** The kernel says of both ends alike that a name is taken. In the pod it is the caller's business. */
async function refuseExisting(
  pod: Netlink,
  { ifname, containerId }: AttachmentRecord,
  cause: unknown,
): Promise<void> {
  if (!(cause instanceof NetlinkError) || cause.code !== 'EEXIST') return;
  const links = await pod.link.list();
  if (!links.some(({ name }) => name === ifname)) return;
  throw new AttachmentError(
    'INTERFACE_EXISTS',
    `container ${containerId} already has an interface ${ifname}`,
    {
      cause,
      remedy: 'Delete the earlier attachment first (CNI DEL), or ask for another interface name',
    },
  );
}

async function configurePod(pod: Netlink, netns: Netns, record: AttachmentRecord): Promise<number> {
  const { ifindex, peerIfindex } = await pod.link.get({ name: record.ifname });
  const plans = podAddresses(record);
  if (plans.some(({ ip }) => familyOf(ip) === 'ipv6')) {
    // Runtimes switch IPv6 off in new namespaces where the host has it off by default.
    await writeSysctl(`net/ipv6/conf/${record.ifname}/disable_ipv6`, '0', { netns });
  }
  // One send for all. The kernel goes on after a refusal; that does no harm, since the caller takes everything down.
  const answers = await pod.batch([
    linkSet({ ifindex }, { up: true }),
    ...plans.flatMap(({ ip, length, gateway }) => [
      addressAdd({ ifindex, ip, length, noDad: true }),
      neighbourReplace({ ifindex, ip: gateway, mac: gatewayMac, state: 'permanent' }),
      routeAdd({ dst: defaultRoute[familyOf(ip)], ifindex, via: gateway, onlink: true }),
    ]),
  ]);
  const refusal = answers.find((error) => error !== undefined);
  if (refusal) throw refusal;
  if (peerIfindex === undefined) throw new TypeError('a veth has a peer');
  return peerIfindex;
}

/**
 * Takes down the host's end, and with it the pod's. Nothing to do when it is gone already.
 *
 * @throws {NetlinkError} when the kernel refuses.
 */
export async function removeInterface(host: Netlink, hostLink: string): Promise<void> {
  try {
    await host.link.del({ name: hostLink });
  } catch (error) {
    if (!(error instanceof NetlinkError) || error.code !== 'ENODEV') throw error;
  }
}
