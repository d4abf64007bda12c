import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { clearSignal, Readiness } from '@poplin/netlink/packets';
import { type TablePrefix, tablePrefix } from '../packet/prefix-table.js';
import { Counters } from './counters.js';
import { ErrorSender } from './error-sender.js';
import { Inbound } from './inbound.js';
import type { Order, Report, ThreadData } from './orders.js';
import { Outbound } from './outbound.js';
import { emptyState } from './state.js';
import { ForwardingTable, familyPlace, type TablePeer, tablePeer } from './table.js';

/** Places of the descriptors that are waited for; the sockets of both families follow. */
const SIGNAL = 0;
const DEVICE = 1;
const SOCKETS = 2;

/** How long to wait at most, ms: a thread can only be ended between two system calls. */
const PATIENCE_MS = 500;

/** Forwards packets until the order to stop. Blocks its thread. */
export class Loop implements Disposable {
  readonly #port: MessagePort;
  readonly #signal: number;
  readonly #readiness = new Readiness(SOCKETS + 2);
  readonly #state: ReturnType<typeof emptyState>;
  readonly #outbound: Outbound;
  readonly #inbound: Inbound;
  readonly #peers = new Map<string, TablePeer>();
  #destinations: readonly TablePrefix[] = [];
  #stopped = false;

  constructor({ port, signal, counters }: ThreadData) {
    this.#port = port;
    this.#signal = signal;
    this.#state = emptyState(new Counters(counters));
    const errors = new ErrorSender(this.#state);
    this.#outbound = new Outbound(this.#state, errors);
    this.#inbound = new Inbound(this.#state, errors);
    this.#readiness.watch(SIGNAL, signal);
  }

  run(): void {
    this.#obey();
    while (!this.#stopped) {
      this.#readiness.wait(PATIENCE_MS);
      if (this.#readiness.isReady(DEVICE) && !this.#outbound.forward()) this.#loseDevice();
      if (this.#readiness.isReady(SOCKETS)) this.#inbound.forward(0);
      if (this.#readiness.isReady(SOCKETS + 1)) this.#inbound.forward(1);
      if (this.#readiness.isReady(SIGNAL)) this.#obey();
    }
  }

  [Symbol.dispose](): void {
    this.#outbound[Symbol.dispose]();
    this.#inbound[Symbol.dispose]();
    this.#readiness[Symbol.dispose]();
  }

  /** Takes all orders that have come. The table is made once for all of them. */
  #obey(): void {
    clearSignal(this.#signal);
    let isTableOld = false;
    for (;;) {
      const received = receiveMessageOnPort(this.#port) as { message: Order } | undefined;
      if (!received) break;
      if (this.#carryOut(received.message)) isTableOld = true;
    }
    if (isTableOld) {
      this.#state.table = new ForwardingTable([...this.#peers.values()], this.#destinations);
    }
  }

  /** Returns true when the table has to be made anew. */
  #carryOut(order: Order): boolean {
    switch (order.kind) {
      case 'device':
        this.#release(this.#state.device);
        this.#state.device = order.fd;
        this.#readiness.watch(DEVICE, order.fd);
        return false;
      case 'socket': {
        const place = familyPlace[order.family];
        this.#release(this.#state.sockets[place]);
        this.#state.sockets[place] = order.fd;
        this.#readiness.watch(SOCKETS + place, order.fd);
        return false;
      }
      case 'icmp':
        this.#state.icmp[familyPlace[order.family]] = order.fd;
        return false;
      case 'peers':
        for (const name of order.gone) this.#peers.delete(name);
        for (const peer of order.set) this.#peers.set(peer.name, tablePeer(peer));
        return true;
      case 'destinations':
        this.#destinations = order.prefixes.map(tablePrefix);
        return true;
      case 'stop':
        this.#stopped = true;
        return false;
    }
  }

  #loseDevice(): void {
    const fd = this.#state.device;
    this.#state.device = -1;
    this.#readiness.watch(DEVICE, -1);
    this.#tell({ kind: 'device-gone', fd });
  }

  #release(fd: number): void {
    if (fd >= 0) this.#tell({ kind: 'released', fd });
  }

  #tell(report: Report): void {
    this.#port.postMessage(report);
  }
}
