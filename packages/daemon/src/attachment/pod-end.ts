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
import { gatewayMac, podAddresses } from './plan.js';
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
  const own = record.secondary
    ? plans.map(({ ip }) => ownDefaultRoute(record, familyOf(ip), ifindex))
    : [];
  return [
    linkSet({ ifindex }, { up: true }),
    ...plans.flatMap(({ ip, length, gateway }) => [
      addressAdd({ ifindex, ip, length, noDad: true }),
      neighbourReplace({ ifindex, ip: gateway, mac: gatewayMac, state: 'permanent' }),
    ]),
    ...routeRequests([...podRoutes(record), ...own], ifindex),
    ...(record.secondary ? plans.map(({ ip }) => ruleFor(ip, ifindex)) : []),
    // Whoever asks sees it up from now on, not when the kernel comes round to it (linkwatch_sync_dev, Linux 6.8).
    linkGet({ ifindex }),
  ];
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
