import {
  EAGAIN,
  EINTR,
  nameWords,
  PacketBuffers,
  readPacket,
  SendBatch,
} from '@poplin/netlink/packets';
import type { IcmpError } from '../packet/icmp.js';
import {
  decrementTtl,
  destination4,
  isIpv4Packet,
  isUnfragmentable,
  ttlOf,
} from '../packet/ipv4.js';
import { decrementHopLimit, destination6, hopLimitOf, isIpv6Packet } from '../packet/ipv6.js';
import { counterPlaces } from './counters.js';
import type { ErrorSender } from './error-sender.js';
import type { ThreadState } from './state.js';
import { nameLengths, pathOf } from './table.js';

/** Packets that are read before any is sent. */
const BATCH = 64;

const unreachable: IcmpError = { kind: 'unreachable' };
const timeExceeded: IcmpError = { kind: 'time-exceeded' };

/** The way from the device to the peers. */
export class Outbound implements Disposable {
  readonly #state: ThreadState;
  readonly #errors: ErrorSender;
  readonly #buffers = new PacketBuffers(BATCH);
  readonly #batches = [new SendBatch(this.#buffers), new SendBatch(this.#buffers)] as const;

  constructor(state: ThreadState, errors: ErrorSender) {
    this.#state = state;
    this.#errors = errors;
  }

  /** Forwards what waits in the device, a batch at most. Returns false when the device is gone. */
  forward(): boolean {
    const { device } = this.#state;
    let gone = false;
    for (let slot = 0; slot < BATCH; slot++) {
      const length = readPacket(device, this.#buffers, slot);
      if (length >= 0) this.#take(slot, length);
      else {
        gone = length !== -EAGAIN && length !== -EINTR;
        break;
      }
    }
    this.#flush(0);
    this.#flush(1);
    return !gone;
  }

  [Symbol.dispose](): void {
    for (const batch of this.#batches) batch[Symbol.dispose]();
    this.#buffers[Symbol.dispose]();
  }

  #take(slot: number, length: number): void {
    const { bytes } = this.#buffers;
    const at = this.#buffers.offsetOf(slot);
    if (isIpv4Packet(bytes, at, length)) this.#take4(slot, at, length);
    else if (isIpv6Packet(bytes, at, length)) this.#take6(slot, at, length);
    else this.#count(counterPlaces.out_malformed);
  }

  #take4(slot: number, at: number, length: number): void {
    const { bytes } = this.#buffers;
    const { table } = this.#state;
    const peer = table.owners[0].lookup(bytes, at + destination4);
    const path = pathOf(peer, 0);
    if (peer < 0 || (table.overs[path] ?? -1) < 0) {
      this.#refuse('ipv4', unreachable, counterPlaces.out_no_peer, at, length);
    } else if (ttlOf(bytes, at) <= 1) {
      this.#refuse('ipv4', timeExceeded, counterPlaces.out_ttl_exceeded, at, length);
    } else if (length > (table.mtus[path] ?? 0) && isUnfragmentable(bytes, at)) {
      this.#refuseTooBig('ipv4', path, at, length);
    } else {
      decrementTtl(bytes, at);
      this.#send(slot, length, peer, path);
    }
  }

  #take6(slot: number, at: number, length: number): void {
    const { bytes } = this.#buffers;
    const { table } = this.#state;
    const peer = table.owners[1].lookup(bytes, at + destination6);
    const path = pathOf(peer, 1);
    if (peer < 0 || (table.overs[path] ?? -1) < 0) {
      this.#refuse('ipv6', unreachable, counterPlaces.out_no_peer, at, length);
    } else if (hopLimitOf(bytes, at) <= 1) {
      this.#refuse('ipv6', timeExceeded, counterPlaces.out_ttl_exceeded, at, length);
    } else if (length > (table.mtus[path] ?? 0)) {
      this.#refuseTooBig('ipv6', path, at, length);
    } else {
      decrementHopLimit(bytes, at);
      this.#send(slot, length, peer, path);
    }
  }

  #send(slot: number, length: number, peer: number, path: number): void {
    const { table, sockets, counters } = this.#state;
    const over = table.overs[path] === 0 ? 0 : 1;
    if (sockets[over] < 0) {
      this.#count(counterPlaces.out_no_socket);
      return;
    }
    const isWhole = length <= (table.mtus[path] ?? 0);
    const names = table.names[over];
    this.#batches[over].add(slot, length, names, peer * nameWords, nameLengths[over], isWhole);
    this.#count(counterPlaces.sent_packets);
    counters.add(counterPlaces.sent_bytes, length);
  }

  #flush(over: 0 | 1): void {
    const batch = this.#batches[over];
    const before = batch.refused;
    batch.flush(this.#state.sockets[over]);
    if (batch.refused === before) return;
    this.#state.counters.add(counterPlaces.out_refused_by_kernel, batch.refused - before);
  }

  #refuse(
    family: 'ipv4' | 'ipv6',
    error: IcmpError,
    place: number,
    at: number,
    length: number,
  ): void {
    this.#count(place);
    this.#errors.tell(family, error, this.#buffers.bytes, at, length);
  }

  #refuseTooBig(family: 'ipv4' | 'ipv6', path: number, at: number, length: number): void {
    const error: IcmpError = { kind: 'too-big', mtu: this.#state.table.mtus[path] ?? 0 };
    this.#refuse(family, error, counterPlaces.out_too_big, at, length);
  }

  #count(place: number): void {
    this.#state.counters.add(place, 1);
  }
}
