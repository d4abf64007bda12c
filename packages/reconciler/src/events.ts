import {
  type Monitor,
  type MonitorEvent,
  type MonitorGroup,
  type Netlink,
  openMonitor,
} from '@poplin/netlink';
import { isReservedLinkName } from './ownership.js';

/** What may change in the kernel of all that owners want, or of what that needs. */
const groups: readonly MonitorGroup[] = [
  'link',
  'ipv4-address',
  'ipv6-address',
  'ipv4-route',
  'ipv6-route',
  'ipv4-rule',
  'ipv6-rule',
  'ipv4-netconf',
  'ipv6-netconf',
  'neighbour',
  'nftables',
];

/** The kernel's events, read and decoded once for all who want to hear of them. */
export class KernelEvents implements Disposable {
  readonly #monitor: Monitor;
  readonly #onEvent = new Set<(event: MonitorEvent) => void>();
  readonly #onLinkGone = new Set<(name: string) => void>();

  /**
   * @param writer - what it does with routes, and the neighbours that it makes, are told to nobody.
   * @throws {NetlinkError} when the kernel cannot be watched.
   */
  constructor(writer: Netlink) {
    this.#monitor = openMonitor(groups, (event) => this.#tell(event), {
      // Pods' links are many, and of them a look reads the rest.
      brief: (name) => !isReservedLinkName(name),
      patience: 5,
      except: writer,
    });
  }

  /** Calls back for every event; links but our own are brief ones. Returns the unsubscribe. */
  onEvent(callback: (event: MonitorEvent) => void): () => void {
    this.#onEvent.add(callback);
    return () => void this.#onEvent.delete(callback);
  }

  /** Calls back when a link has gone, whoever deleted it. Returns the unsubscribe. */
  onLinkGone(callback: (name: string) => void): () => void {
    this.#onLinkGone.add(callback);
    return () => void this.#onLinkGone.delete(callback);
  }

  [Symbol.dispose](): void {
    this.#monitor[Symbol.dispose]();
  }

  #tell(event: MonitorEvent): void {
    if (event.kind === 'link' && event.action === 'del') {
      for (const callback of this.#onLinkGone) callback(event.link.name);
    }
    for (const callback of this.#onEvent) callback(event);
  }
}
