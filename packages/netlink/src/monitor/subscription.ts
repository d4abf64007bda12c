import { decodeMessages } from '../codec/message.js';
import { NetlinkError } from '../error.js';
import { NETLINK_NETFILTER } from '../ffi/constants.js';
import { errnoName } from '../ffi/errno.js';
import type { Syscalls } from '../ffi/syscalls.js';
import { NetlinkSocket } from '../socket/netlink-socket.js';
import type { Wakeup, WakeupFactory } from '../socket/wakeup.js';
import { decodeEvent } from './decode.js';
import { decodeAuthor } from './generation.js';
import type { MonitorEvent } from './types.js';

/** Room for about 10,000 events that nobody has read yet; memory is taken only as they come. */
const RECEIVE_BUFFER = 8 * 1024 * 1024;
/** Datagrams per turn of the event loop, so that a flood leaves room for others. */
const DATAGRAMS_PER_TURN = 256;

/** What the subscriptions of one monitor have in common. */
export interface SubscriptionOptions {
  readonly onEvent: (event: MonitorEvent) => void;
  readonly syscalls: Syscalls;
  /** Tells of which links less will do, by their name. */
  readonly isBrief: (name: string) => boolean;
  /** A program for SO_ATTACH_FILTER that decides which datagrams come in; all when absent. */
  readonly filter: Uint8Array | undefined;
}

/** One netlink family's part of a monitor: a socket in some groups, drained when it has something. */
export class Subscription implements Disposable {
  readonly #protocol: number;
  readonly #isBrief: (name: string) => boolean;
  readonly #socket: NetlinkSocket;
  readonly #onEvent: (event: MonitorEvent) => void;
  #wakeup: Wakeup | undefined;
  #closed = false;
  /** Why events were lost since the queue was last empty. */
  #lost: string | undefined;

  /** Opens the socket in the namespace that the thread is in. {@link start} begins to read. */
  constructor(
    protocol: number,
    groups: readonly number[],
    { onEvent, syscalls, isBrief, filter }: SubscriptionOptions,
  ) {
    this.#protocol = protocol;
    this.#isBrief = isBrief;
    this.#onEvent = onEvent;
    this.#socket = NetlinkSocket.open(syscalls, protocol);
    this.#socket.expectMuch(RECEIVE_BUFFER);
    try {
      if (filter) this.#socket.filter(filter);
      for (const group of groups) this.#socket.join(group);
    } catch (error) {
      this.#socket[Symbol.dispose]();
      throw error;
    }
  }

  /** Begins to read; tells how it is woken. */
  start(openWakeup: WakeupFactory, patience: number): Wakeup['kind'] {
    this.#wakeup = openWakeup(this.#socket.fd, () => this.#drain(), patience);
    return this.#wakeup.kind;
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    this.#wakeup?.close();
    this.#socket[Symbol.dispose]();
  }

  /**
   * Reads what is there. Events are delivered when the datagrams are read, not in between: a receiver may send requests,
   * and those read into the same buffer.
   *
   * Once the kernel has dropped an event it goes on dropping, without another word, until the queue was empty
   * (NETLINK_S_CONGESTED). So a loss is told at the end of the queue and not when it is noticed: who reads everything
   * again then has missed nothing. What is left in the queue is worth nothing by then.
   */
  #drain(): void {
    if (this.#closed) return;
    const events: MonitorEvent[] = [];
    if (this.#drainInto(events)) {
      if (this.#lost) events.push({ kind: 'resync', reason: this.#lost });
      this.#lost = undefined;
    } else {
      setImmediate(() => this.#drain());
    }
    for (const event of events) this.#deliver(event);
  }

  /** Reads a turn's worth; true when the queue was empty in the end. */
  #drainInto(events: MonitorEvent[]): boolean {
    for (let i = 0; i < DATAGRAMS_PER_TURN; i++) {
      const received = this.#socket.receive();
      if (received.kind === 'empty') return true;
      if (received.kind === 'failed') {
        // Asking again at once would only fail again; the next wake-up tries anew.
        this.#lost = `receive failed: ${errnoName(received.errno)}`;
        return true;
      }
      if (received.kind === 'overrun') this.#lost = 'the receive buffer was full';
      // Anybody may send to a netlink socket's port; only the kernel has port 0.
      else if (received.senderPort === 0 && !this.#lost) this.#read(received.bytes, events);
    }
    return false;
  }

  #read(datagram: Uint8Array, events: MonitorEvent[]): void {
    try {
      for (const message of decodeMessages(datagram)) {
        if (this.#protocol === NETLINK_NETFILTER) {
          addAuthor(decodeAuthor(message), events);
          continue;
        }
        const event = decodeEvent(message, this.#isBrief);
        if (event) events.push(event);
      }
    } catch (error) {
      if (!(error instanceof NetlinkError)) throw error;
      this.#lost = error.message;
    }
  }

  /** An exception of one receiver's call surfaces as any callback's would, and costs no other event. */
  #deliver(event: MonitorEvent): void {
    if (this.#closed) return;
    try {
      this.#onEvent(event);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}

/** One event stands for all transactions that were read together. */
function addAuthor(author: number | undefined, events: MonitorEvent[]): void {
  if (author === undefined) return;
  const last = events.at(-1);
  if (last?.kind !== 'nftables') events.push({ kind: 'nftables', authors: [author] });
  else if (!last.authors.includes(author)) {
    events[events.length - 1] = { kind: 'nftables', authors: [...last.authors, author] };
  }
}
