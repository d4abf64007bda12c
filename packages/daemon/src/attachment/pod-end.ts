import { familyOf, hostCidr } from '@poplin/net';
import {
  addressAdd,
  linkGet,
  linkSet,
  type NetlinkRequest,
  neighbourReplace,
  ruleAdd,
  ruleDel,
} from '@poplin/netlink';
import { gatewayMac, podAddresses, podGateway } from './plan.js';
import { ownDefaultRoute, ownTable, podRoutes, routeRequests } from './pod-routes.js';
import type { AttachmentRecord } from './record.js';

/** Place of the rules of {@link podEndRequests}: before the main table's, 32766. */
const rulePriority = 1000;

/**
 * Configures the pod's end. Same as
 *
 *     ip link set eth0 up; ip address add IP/32 dev eth0
 *     ip neighbour replace 169.254.1.1 lladdr GATEWAY-MAC dev eth0 nud permanent
 *     ip route add default via 169.254.1.1 dev eth0 onlink
 *
 * and for an interface that is not the pod's first, instead of the last,
 *
 *     ip route add default via 169.254.1.1 dev eth1 onlink table T; ip rule add from IP lookup T
 *
 * so that what comes to its address is answered through it.
 */
export function podEndRequests(record: AttachmentRecord, ifindex: number): NetlinkRequest[] {
  const plans = podAddresses(record);
  const { up, ways, seen } = sharedRequests(record, ifindex);
  const requests = [up];
  for (const { ip, length } of plans)
    requests.push(addressAdd({ ifindex, ip, length, noDad: true }));
  requests.push(...ways);
  if (record.secondary) for (const { ip } of plans) requests.push(ruleFor(ip, ifindex));
  requests.push(seen);
  return requests;
}

/** What is asked for a pod's end besides its addresses and rules. */
interface SharedRequests {
  readonly up: NetlinkRequest;
  /** Neighbours and routes. */
  readonly ways: readonly NetlinkRequest[];
  readonly seen: NetlinkRequest;
}

/** Those of pods that asked for no routes of their own: the same for all but a few, and encoded once. By what they depend on. */
const remembered = new Map<string, SharedRequests>();

/** More would be a host on which hardly two pods are alike. */
const mostRemembered = 64;

function sharedRequests(record: AttachmentRecord, ifindex: number): SharedRequests {
  const { addresses, pathMtu, routes, secondary } = record;
  if (secondary || routes.length > 0) return encodeShared(record, ifindex);
  const families = addresses.map(({ ip }) => familyOf(ip));
  const key = `${ifindex} ${families} ${pathMtu.ipv4} ${pathMtu.ipv6}`;
  const known = remembered.get(key);
  if (known) return known;
  if (remembered.size === mostRemembered) remembered.clear();
  const shared = encodeShared(record, ifindex);
  remembered.set(key, shared);
  return shared;
}

function encodeShared(record: AttachmentRecord, ifindex: number): SharedRequests {
  const families = record.addresses.map(({ ip }) => familyOf(ip));
  const own = record.secondary
    ? families.map((family) => ownDefaultRoute(record, family, ifindex))
    : [];
  return {
    up: linkSet({ ifindex }, { up: true }),
    ways: [
      ...families.map((family) =>
        neighbourReplace({ ifindex, ip: podGateway[family], mac: gatewayMac, state: 'permanent' }),
      ),
      ...routeRequests([...podRoutes(record), ...own], ifindex),
    ],
    // Whoever asks sees it up from now on, not when the kernel comes round to it (linkwatch_sync_dev, Linux 6.8).
    seen: linkGet({ ifindex }),
  };
}

/** Takes the rules of {@link podEndRequests} away; the kernel deletes the rest together with the link. ENOENT when they are gone. */
export function podRuleRemoval(record: AttachmentRecord): NetlinkRequest[] {
  if (!record.secondary) return [];
  return podAddresses(record).map(({ ip }) =>
    ruleDel({ family: familyOf(ip), src: hostCidr(ip), priority: rulePriority }),
  );
}

function ruleFor(ip: AttachmentRecord['addresses'][number]['ip'], ifindex: number): NetlinkRequest {
  return ruleAdd({
    family: familyOf(ip),
    src: hostCidr(ip),
    table: ownTable(ifindex),
    priority: rulePriority,
  });
}
