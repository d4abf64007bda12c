import { nameWords, PacketBuffers, ReceiveBatch, writePacket } from '@poplin/netlink/packets';
import type { IcmpError } from '../packet/icmp.js';
import { decrementTtl } from '../packet/ipv4.js';
import { decrementHopLimit } from '../packet/ipv6.js';
import { counterPlaces } from './counters.js';
import { admitted4, admitted6, expired, isPortOf, judge, senderOf } from './door.js';
import type { ErrorSender } from './error-sender.js';
import type { ThreadState } from './state.js';

/** Messages that are received at once. */
const BATCH = 64;

const timeExceeded: IcmpError = { kind: 'time-exceeded' };

/** Where the sender of a message is among the socket addresses, bytes. */
const nameAt = (index: number): number => 4 * nameWords * index;

/** The way from the peers to the device. */
export class Inbound implements Disposable {
  readonly #state: ThreadState;
  readonly #errors: ErrorSender;
  readonly #buffers = new PacketBuffers(BATCH);
  readonly #batch = new ReceiveBatch(this.#buffers);
  /** The senders' socket addresses as bytes. */
  readonly #names: Uint8Array;

  constructor(state: ThreadState, errors: ErrorSender) {
    this.#state = state;
    this.#errors = errors;
    const { names } = this.#batch;
    this.#names = new Uint8Array(names.buffer, names.byteOffset, names.byteLength);
  }

  /** Forwards what waits in the socket of one family of the underlay, a batch at most. */
  forward(over: 0 | 1): void {
    const count = this.#batch.receive(this.#state.sockets[over]);
    for (let i = 0; i < count; i++) this.#takeMessage(over, i);
  }

  [Symbol.dispose](): void {
    this.#batch[Symbol.dispose]();
    this.#buffers[Symbol.dispose]();
  }

  #takeMessage(over: 0 | 1, index: number): void {
    const refusal = this.#refusalOf(over, index);
    if (refusal >= 0) this.#count(refusal);
    else this.#takePackets(senderOf(this.#state.table, over, this.#names, nameAt(index)), index);
  }

  /** Place of the counter for what is wrong with a whole message; -1 for nothing. */
  #refusalOf(over: 0 | 1, index: number): number {
    const { table } = this.#state;
    const peer = senderOf(table, over, this.#names, nameAt(index));
    if (peer < 0) return counterPlaces.in_stranger;
    if (!isPortOf(table, peer, this.#names, nameAt(index))) return counterPlaces.in_wrong_port;
    const isPacket = this.#batch.lengthOf(index) > 0 && !this.#batch.isCut(index);
    return isPacket ? -1 : counterPlaces.in_malformed;
  }

  #takePackets(peer: number, index: number): void {
    const length = this.#batch.lengthOf(index);
    const segment = this.#batch.segmentSizeOf(index) || length;
    const start = this.#buffers.offsetOf(index);
    for (let done = 0; done < length; done += segment) {
      this.#takePacket(peer, start + done, Math.min(segment, length - done));
    }
  }

  #takePacket(peer: number, at: number, length: number): void {
    const { bytes } = this.#buffers;
    const verdict = judge(this.#state.table, peer, bytes, at, length);
    if (verdict === admitted4) decrementTtl(bytes, at);
    else if (verdict === admitted6) decrementHopLimit(bytes, at);
    else {
      this.#count(verdict);
      if (verdict === expired) this.#tellExpired(at, length);
      return;
    }
    this.#deliver(at, length);
  }

  #deliver(at: number, length: number): void {
    const { device, counters } = this.#state;
    if (device < 0) this.#count(counterPlaces.in_no_device);
    else if (writePacket(device, this.#buffers, at, length) < 0) {
      this.#count(counterPlaces.in_refused_by_kernel);
    } else {
      this.#count(counterPlaces.received_packets);
      counters.add(counterPlaces.received_bytes, length);
    }
  }

  #tellExpired(at: number, length: number): void {
    const { bytes } = this.#buffers;
    const family = (bytes[at] ?? 0) >> 4 === 4 ? 'ipv4' : 'ipv6';
    this.#errors.tell(family, timeExceeded, bytes, at, length);
  }

  #count(place: number): void {
    this.#state.counters.add(place, 1);
  }
}
