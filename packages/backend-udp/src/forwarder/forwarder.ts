import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import {
  type Cidr,
  describeError,
  type Family,
  families,
  familyOf,
  type Ip,
  isPoplinError,
  type Log,
} from '@poplin/net';
import type { Netns, Tun } from '@poplin/netlink';
import { openIcmpSocket, type PacketSocket } from '@poplin/netlink/packets';
import type { CounterName } from '../thread/counters.js';
import type { PeerEntry, Report, ThreadData } from '../thread/orders.js';
import { openDevice } from './device.js';
import { untilItWorks, waitAfter } from './retry.js';
import { openUnderlaySocket } from './socket.js';
import { ForwardingThread } from './thread.js';

/** What a {@link Forwarder} is made with. */
export interface ForwarderOptions {
  /** Name of the TUN device. */
  readonly link: string;
  readonly port: number;
  readonly log: Log;
  /** Namespace of the link and the sockets; that of the calling thread by default. */
  readonly netns?: Netns;
  /** Another worker, for tests. */
  readonly openWorker?: (data: ThreadData) => Worker;
}

/** A socket that is there or being tried for. */
interface Place {
  readonly address: Ip;
  readonly end: AbortController;
  socket?: PacketSocket;
}

/**
 * Owns the TUN device and the sockets, and lends them to the thread that carries packets. Opens again what goes, so that neither a link
 * that somebody deletes, nor a port that another has, nor a thread that ends is more than an interruption.
 */
export class Forwarder {
  readonly #options: ForwarderOptions;
  readonly #thread: ForwardingThread;
  readonly #end = new AbortController();
  readonly #places = new Map<Family, Place>();
  readonly #icmp: readonly PacketSocket[];
  /** What the thread may still use though it was told of another, by descriptor. */
  readonly #retired = new Map<number, Disposable>();
  readonly #callbacks = new Set<() => void>();
  #device: Tun | undefined;

  private constructor(options: ForwarderOptions) {
    this.#options = options;
    this.#icmp = families.flatMap((family) => this.#openIcmp(family));
    this.#thread = new ForwardingThread(
      options.log,
      (report) => this.#hear(report),
      ...(options.openWorker ? [options.openWorker] : []),
    );
    for (const { family, fd } of this.#icmp) this.#thread.set({ kind: 'icmp', family, fd });
  }

  /**
   * Starts to forward. A device that another process still has is waited for in the background.
   *
   * @throws {UdpBackendError} NO_TUN. @throws {NetlinkError} EPERM and others that do not pass by themselves.
   */
  static async start(options: ForwarderOptions): Promise<Forwarder> {
    const forwarder = new Forwarder(options);
    try {
      forwarder.#install(await openDevice(options.link, options.netns));
    } catch (error) {
      if (!isPoplinError(error) || !error.retryable) {
        await forwarder.stop();
        throw error;
      }
      forwarder.#warn(error, waitAfter(1));
      void forwarder.#reopen();
    }
    return forwarder;
  }

  /** What has been counted so far. */
  counters(): Readonly<Record<CounterName, number>> {
    return this.#thread.counters.read();
  }

  /** Has a socket at each of these addresses, at most one per family, and at no other. */
  setUnderlay(addresses: readonly Ip[]): void {
    for (const family of families) {
      const address = addresses.find((ip) => familyOf(ip) === family);
      const place = this.#places.get(family);
      if (place?.address === address) continue;
      if (place) this.#vacate(family, place);
      if (address !== undefined) void this.#occupy(family, address);
    }
  }

  /** Says where packets from peers may go. */
  setDestinations(prefixes: readonly Cidr[]): void {
    this.#thread.set({ kind: 'destinations', prefixes });
  }

  /** Tells of peers that are new or have changed, and of those that have gone. */
  setPeers(set: readonly PeerEntry[], gone: readonly string[]): void {
    if (set.length > 0 || gone.length > 0) this.#thread.setPeers(set, gone);
  }

  /** Calls back when the device has been opened anew. Returns the unsubscribe. */
  onReopened(callback: () => void): () => void {
    this.#callbacks.add(callback);
    return () => void this.#callbacks.delete(callback);
  }

  /** Ends everything. The link stays, without carrier. */
  async stop(): Promise<void> {
    this.#end.abort();
    for (const { end } of this.#places.values()) end.abort();
    await this.#thread.stop();
    this.#device?.[Symbol.dispose]();
    for (const { socket } of this.#places.values()) socket?.[Symbol.dispose]();
    for (const socket of this.#icmp) socket[Symbol.dispose]();
    this.#closeRetired();
  }

  #hear(report: Report | { readonly kind: 'ended' }): void {
    switch (report.kind) {
      case 'released':
        this.#retired.get(report.fd)?.[Symbol.dispose]();
        this.#retired.delete(report.fd);
        break;
      case 'ended':
        this.#closeRetired();
        break;
      case 'device-gone':
        this.#loseDevice(report.fd);
        break;
    }
  }

  #closeRetired(): void {
    for (const one of this.#retired.values()) one[Symbol.dispose]();
    this.#retired.clear();
  }

  #loseDevice(fd: number): void {
    if (this.#device?.fd !== fd) return;
    const { log, link } = this.#options;
    log.warn({ link }, `somebody deleted the link ${link}: it is made again`);
    this.#device[Symbol.dispose]();
    this.#device = undefined;
    this.#thread.set({ kind: 'device', fd: -1 });
    void this.#reopen();
  }

  async #reopen(): Promise<void> {
    const { link, netns } = this.#options;
    const { signal } = this.#end;
    await sleep(waitAfter(1), undefined, { signal, ref: false }).catch(() => undefined);
    const device = await untilItWorks(
      () => openDevice(link, netns),
      (error, wait) => this.#warn(error, wait),
      signal,
    );
    if (!device) return;
    if (signal.aborted) return device[Symbol.dispose]();
    this.#install(device);
    for (const callback of this.#callbacks) callback();
  }

  #install(device: Tun): void {
    this.#device = device;
    this.#thread.set({ kind: 'device', fd: device.fd });
  }

  async #occupy(family: Family, address: Ip): Promise<void> {
    const place: Place = { address, end: new AbortController() };
    this.#places.set(family, place);
    const { port, netns } = this.#options;
    const socket = await untilItWorks(
      async () => openUnderlaySocket(address, port, netns),
      (error, wait) => this.#warn(error, wait),
      place.end.signal,
    );
    if (!socket) return;
    if (place.end.signal.aborted) return socket[Symbol.dispose]();
    place.socket = socket;
    this.#thread.set({ kind: 'socket', family, fd: socket.fd });
  }

  #vacate(family: Family, { end, socket }: Place): void {
    end.abort();
    this.#places.delete(family);
    if (!socket) return;
    this.#retired.set(socket.fd, socket);
    this.#thread.set({ kind: 'socket', family, fd: -1 });
  }

  #openIcmp(family: Family): readonly PacketSocket[] {
    const { netns, log } = this.#options;
    try {
      return [openIcmpSocket(family, netns && { netns })];
    } catch (error) {
      const what = `senders of ${family} are not told why packets go no further`;
      log.warn({ err: error, family }, `${what}: ${describeError(error)}`);
      return [];
    }
  }

  #warn(error: unknown, wait: number): void {
    const { log, link, port } = this.#options;
    const next = `Tried again in ${wait} ms`;
    log.error({ err: error, link, port }, `udp: ${describeError(error)}. ${next}`);
  }
}
