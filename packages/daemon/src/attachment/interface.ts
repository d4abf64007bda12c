import {
  type HandleBatch,
  linkAdd,
  linkGet,
  linkSet,
  type Netlink,
  type NetlinkRequest,
  type Netns,
} from '@poplin/netlink';
import { retiredGroup } from '@poplin/reconciler';
import { type AttachmentKey, hostLinkAlias, hostLinkName } from './identity.js';
import { gatewayMac } from './plan.js';
import { podEndRequests } from './pod-end.js';
import type { AttachmentRecord } from './record.js';

/** Where the pair of links of an attachment goes. */
export interface InterfacePlace {
  readonly host: Netlink;
  readonly pod: Netlink;
  /** The pod's namespace. */
  readonly netns: Netns;
  /** Index that the host's end gets. */
  readonly hostIndex: number;
  /** Index that the pod's end gets. */
  readonly podIndex: number;
  /** Index of the bridge that the host's end joins, in mode `bridge`. */
  readonly bridgeIndex?: number | undefined;
}

/**
 * The kernel makes as many queues as there may be processors, each with files in sysfs, and then takes all but one out of use,
 * for which it waits for a grace period (veth_init_queues, drivers/net/veth.c), unless it is told how many.
 */
const queues = 1;

/**
 * The batches that make the pair of links of an attachment and configure the pod's end. The host's routes are the
 * reconciler's. Same as
 *
 *     ip link add POPxxx index H mtu M numtxqueues 1 numrxqueues 1 up type veth \
 *       peer name eth0 index P address MAC mtu M numtxqueues 1 numrxqueues 1 netns POD
 *
 * and what {@link podEndRequests} says.
 */
export function makeInterface(record: AttachmentRecord, place: InterfacePlace): HandleBatch[] {
  const { host, pod, netns, hostIndex, podIndex, bridgeIndex } = place;
  const pair = linkAdd({
    name: record.hostLink,
    kind: 'veth',
    ifindex: hostIndex,
    mtu: record.mtu,
    numTxQueues: queues,
    numRxQueues: queues,
    // A routed pod's next hop is this very link. Given at creation, udev leaves the MAC alone.
    ...(bridgeIndex === undefined ? { mac: gatewayMac } : { masterIfindex: bridgeIndex }),
    up: true,
    peer: {
      name: record.ifname,
      ifindex: podIndex,
      mac: record.mac,
      mtu: record.mtu,
      netns,
      numTxQueues: queues,
      numRxQueues: queues,
    },
  });
  return [
    { on: host, requests: [pair] },
    { on: pod, requests: podEndRequests(record, podIndex) },
  ];
}

/** What the host's end can only be given when it is there. */
export function finishHostEnd(
  record: AttachmentRecord,
  { hostIndex, bridgeIndex }: Pick<InterfacePlace, 'hostIndex' | 'bridgeIndex'>,
): NetlinkRequest[] {
  return [
    // It got its carrier when the pod's end came up. Until the kernel has noticed, by itself or because somebody asks
    // (linkwatch_sync_dev, Linux 6.8), what it is to send is dropped and its bridge does not forward to it.
    linkGet({ ifindex: hostIndex }),
    // A bridge whose ports are all down has no carrier either. It gets it back with this port, and is noticed as late.
    ...(bridgeIndex === undefined ? [] : [linkGet({ ifindex: bridgeIndex })]),
    linkSet({ ifindex: hostIndex }, { alias: hostLinkAlias(record) }),
  ];
}

/** Indexes of the two ends of an attachment, each in its own namespace. */
export interface EndIndexes {
  readonly host: number;
  readonly pod: number;
}

/**
 * Takes the host's end down, so that no packet passes any more, and puts it into the group of links that are to be deleted. ENODEV
 * when it is gone already.
 *
 * It gets its alias once more: without that nobody may delete it, and a daemon that was killed may have made it without.
 *
 * @param ends - by its name where they are not known.
 */
export function cutOff(key: AttachmentKey, ends: EndIndexes | undefined): NetlinkRequest {
  const link = ends ? { ifindex: ends.host } : { name: hostLinkName(key) };
  return linkSet(link, { up: false, group: retiredGroup, alias: hostLinkAlias(key) });
}

/**
 * Gives the names of both ends free, once the host's end is down: kernels before 6.2 rename no link that is up. The pod's end is left alone when the host's, which
 * goes with it, is not there: a namespace that has gone may have left its path and its numbers to another one, whose interface
 * has the same index.
 *
 * @param handles - that of the pod is `undefined` when its namespace has gone.
 */
export function freeNames(
  ends: EndIndexes,
  deadName: string,
  { host, pod }: { readonly host: Netlink; readonly pod: Netlink | undefined },
): HandleBatch[] {
  const { host: near, pod: far } = ends;
  const renamed: HandleBatch = {
    on: host,
    requests: [linkSet({ ifindex: near }, { name: deadName })],
    onFailure: 'skip-next',
  };
  if (!pod) return [renamed];
  const requests = [
    linkSet({ ifindex: far }, { up: false }),
    linkSet({ ifindex: far }, { name: deadName }),
  ];
  return [renamed, { on: pod, requests }];
}
