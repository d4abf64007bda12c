import { NETLINK_ROUTE } from '../ffi/constants.js';
import { libc } from '../ffi/libc.js';
import type { Syscalls } from '../ffi/syscalls.js';
import type { Netns } from '../namespace/netns.js';
import { runInNetns } from '../namespace/run-in-netns.js';
import type { Netlink } from '../rtnetlink/netlink.js';
import { executorOf } from '../socket/handle.js';
import { openWakeup, type WakeupFactory } from '../socket/wakeup.js';
import { echoFilter } from './echo-filter.js';
import { groupsByProtocol } from './groups.js';
import { Subscription } from './subscription.js';
import type { Monitor, MonitorEvent, MonitorGroup } from './types.js';

/** What a monitor is made of; tests replace the kernel and the wake-up. */
export interface MonitorComponents {
  readonly syscalls: Syscalls;
  readonly openWakeup: WakeupFactory;
}

/** Where a monitor listens, and how closely. */
export interface MonitorOptions {
  /** The namespace; that of the calling thread by default. */
  readonly netns?: Netns;
  /**
   * Links come without their options, and of the rest that is optional with MAC, master and alias alone. To decode a link
   * takes most of a busy listener's time, and a pod that starts makes half a dozen events. A function tells of which links, by
   * their name.
   */
  readonly brief?: boolean | ((name: string) => boolean);
  /**
   * How long an event may lie unread, ms; 0 by default. What comes within this time is read in one go, out of the way of
   * whoever waits for an answer of the kernel meanwhile.
   */
  readonly patience?: number;
  /**
   * What this handle does with routes, and the neighbours that it makes, are not told: whoever does much would read it all again. It works
   * in the monitor's namespace.
   */
  readonly except?: Netlink;
}

/**
 * Listens to changes in a namespace, by default the one that the thread is in. Same as `ip monitor`, `nft monitor`.
 *
 * `onEvent` is called from the event loop, never from within a call of this package. Events that were sent by other
 * processes and not by the kernel are dropped.
 *
 * @throws {NetlinkError} the kernel's code when the namespace cannot be entered or a group not joined (EPERM for
 * `nftables` without CAP_NET_ADMIN).
 */
export function openMonitor(
  groups: readonly MonitorGroup[],
  onEvent: (event: MonitorEvent) => void,
  options: MonitorOptions = {},
): Monitor {
  return monitorOver({ syscalls: libc(), openWakeup }, groups, onEvent, options);
}

/** A monitor from its parts. */
export function monitorOver(
  components: MonitorComponents,
  groups: readonly MonitorGroup[],
  onEvent: (event: MonitorEvent) => void,
  { netns, brief = false, patience = 0, except }: MonitorOptions = {},
): Monitor {
  const { syscalls } = components;
  const isBrief = typeof brief === 'function' ? brief : () => brief;
  const filter = except && echoFilter(executorOf(except).port);
  const open = (): Subscription[] =>
    subscribe(groups, (protocol, numbers) => {
      const asked = protocol === NETLINK_ROUTE ? filter : undefined;
      return new Subscription(protocol, numbers, { onEvent, syscalls, isBrief, filter: asked });
    });
  const subscriptions = netns ? runInNetns(netns, open, syscalls) : open();
  const kinds = subscriptions.map((subscription) =>
    subscription.start(components.openWakeup, patience),
  );
  return {
    wakeup: kinds.includes('timer') ? 'timer' : 'poll',
    [Symbol.dispose]() {
      for (const subscription of subscriptions) subscription[Symbol.dispose]();
    },
  };
}

function subscribe(
  groups: readonly MonitorGroup[],
  openOne: (protocol: number, groups: readonly number[]) => Subscription,
): Subscription[] {
  const opened: Subscription[] = [];
  try {
    for (const [protocol, numbers] of groupsByProtocol(groups)) {
      opened.push(openOne(protocol, numbers));
    }
    return opened;
  } catch (error) {
    for (const subscription of opened) subscription[Symbol.dispose]();
    throw error;
  }
}
