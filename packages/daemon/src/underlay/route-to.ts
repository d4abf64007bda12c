import type { Ip } from '@poplin/net';
import { NetlinkError, type Route } from '@poplin/netlink';
import {
  type HostNetwork,
  isCandidate,
  type NetworkReader,
  type PickedLink,
} from './host-network.js';

/** What the kernel answers for a destination without a way to it; errno(3), fib_props in net/ipv4/fib_semantics.c. */
const noWay = new Set(['ENETUNREACH', 'EHOSTUNREACH', 'EACCES', 'EINVAL', 'EAFNOSUPPORT']);

/**
 * The link by which packets to an address leave. For an address of this host's own, the link that has it: a
 * registry beside the daemon is reached by others over that link. `undefined` without a way, or where the
 * way is a loopback.
 */
export async function routeTo(
  reader: NetworkReader,
  network: HostNetwork,
  ip: Ip,
): Promise<PickedLink | undefined> {
  const route = await lookUp(reader, ip);
  if (route === undefined) return undefined;
  const own = route.type === 'local' ? network.addresses.find((one) => one.ip === ip) : undefined;
  const ifindex = own?.ifindex ?? route.ifindex;
  const link = network.links.find((one) => one.ifindex === ifindex);
  if (link === undefined || !isCandidate(link)) return undefined;
  const preferred = own?.ip ?? route.source;
  return { link, ...(preferred === undefined ? {} : { preferred }) };
}

async function lookUp(reader: NetworkReader, ip: Ip): Promise<Route | undefined> {
  try {
    return await reader.route.get(ip);
  } catch (error) {
    if (error instanceof NetlinkError && noWay.has(error.code)) return undefined;
    throw error;
  }
}
