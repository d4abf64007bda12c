import { type Family, families, familyOf } from '@poplin/net';
import {
  linkSet,
  type Netlink,
  type NetlinkError,
  type NetlinkRequest,
  routeReplace,
} from '@poplin/netlink';
import { comparePod, readPod } from './check.js';
import type { EndIndexes } from './interface.js';
import { type PodMtu, pathMtu, tooSmallMtu } from './mtu.js';
import { podAddresses } from './plan.js';
import { defaultRoutes, ownDefaultRoute, podRoutes, routeSpec } from './pod-routes.js';
import type { AttachmentRecord } from './record.js';

/**
 * The record of a live attachment with the MTU that new ones get. An attachment whose network asked for an MTU keeps that; one that
 * would become too small for its families stays as it is.
 *
 * @returns `undefined` when nothing changes.
 */
export function resized(record: AttachmentRecord, mtu: PodMtu): AttachmentRecord | undefined {
  const own = families.filter((family) =>
    record.addresses.some(({ ip }) => familyOf(ip) === family),
  );
  const link = record.mtuAsked ? record.mtu : mtu.link;
  if (tooSmallMtu({ link, path: mtu.path }, own) !== undefined) return undefined;
  const path = pathMtu(link, mtu.path, own);
  if (link === record.mtu && isSame(path, record.pathMtu)) return undefined;
  const { answered = { mtu: record.mtu, pathMtu: record.pathMtu } } = record;
  return { ...record, mtu: link, pathMtu: path, answered };
}

function isSame(a: AttachmentRecord['pathMtu'], b: AttachmentRecord['pathMtu']): boolean {
  return families.every((family: Family) => a[family] === b[family]);
}

/**
 * Tells whether the pod's end is just as we made it. If not, somebody else has a say in it, perhaps in its MTU too.
 *
 * @throws {NetlinkError} when the pod cannot be read.
 */
export async function isUntouched(record: AttachmentRecord, pod: Netlink): Promise<boolean> {
  const { mac, mtu } = record;
  const expected = { mac, mtu, ips: podAddresses(record), routes: podRoutes(record) };
  return comparePod(record, expected, await readPod(pod)).length === 0;
}

/**
 * Gives both ends of a live pair another MTU, and the default routes in the pod what fits. The end that takes less is never the one that
 * is sent to: a growing host's end comes first, a shrinking one last. Same as
 *
 *     ip link set POPxxx mtu M; ip -n POD link set eth0 mtu M; ip -n POD route replace default via 169.254.1.1 dev eth0 onlink [mtu N]
 *
 * @param record - as it is to be.
 * @param from - MTU up to now, bytes.
 * @throws {NetlinkError} the first refusal; the rest is done.
 */
export async function resize(
  record: AttachmentRecord,
  from: number,
  ends: EndIndexes,
  handles: { readonly host: Netlink; readonly pod: Netlink },
): Promise<void> {
  const { mtu } = record;
  const resizeHost = () => handles.host.batch([linkSet({ ifindex: ends.host }, { mtu })]);
  const resizePod = () => handles.pod.batch(podRequests(record, ends.pod));
  const outcomes =
    mtu > from
      ? [...(await resizeHost()), ...(await resizePod())]
      : [...(await resizePod()), ...(await resizeHost())];
  const error = outcomes.find((outcome): outcome is NetlinkError => outcome !== undefined);
  if (error) throw error;
}

/** A route may not say more than its link takes, and the kernel lowers those that say as much as the link took. */
function podRequests(record: AttachmentRecord, ifindex: number): readonly NetlinkRequest[] {
  const routes = record.secondary
    ? record.addresses.map(({ ip }) => ownDefaultRoute(record, familyOf(ip), ifindex))
    : defaultRoutes(record);
  return [
    linkSet({ ifindex }, { mtu: record.mtu }),
    ...routes.map((route) => routeReplace(routeSpec([route], ifindex))),
  ];
}
