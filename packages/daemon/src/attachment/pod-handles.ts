import { type Netlink, type Netns, openNetlink } from '@poplin/netlink';
import { type NetnsOfCall, openContainerNetns } from './netns.js';

/** The pod's namespace, open. */
export interface PodHandles {
  readonly netns: Netns;
  readonly netlink: Netlink;
}

/**
 * Opens the container's namespace, as {@link openContainerNetns} does, with a socket in it. Disposal closes both in the next turn of the
 * event loop, behind the answer: the runtime need not wait for that.
 *
 * @throws {AttachmentError} NETNS_UNUSABLE, HOST_NETNS.
 * @throws {NetlinkError} when there can be no socket.
 */
export function openPodHandles(call: NetnsOfCall): PodHandles & Disposable {
  const netns = openContainerNetns(call);
  try {
    const netlink = openNetlink({ netns });
    const close = (): void => {
      netlink[Symbol.dispose]();
      netns[Symbol.dispose]();
    };
    return { netns, netlink, [Symbol.dispose]: () => void setImmediate(close) };
  } catch (error) {
    netns[Symbol.dispose]();
    throw error;
  }
}
