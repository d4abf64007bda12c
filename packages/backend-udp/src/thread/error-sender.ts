import type { Family } from '@poplin/net';
import { sendIcmp } from '@poplin/netlink/packets';
import { type IcmpError, icmpError, mayTell } from '../packet/icmp.js';
import { source4 } from '../packet/ipv4.js';
import { source6 } from '../packet/ipv6.js';
import { counterPlaces } from './counters.js';
import type { ThreadState } from './state.js';
import { familyPlace } from './table.js';

/** Most errors per second, and at once: as the kernel (`icmp_msgs_per_sec`, `icmp_msgs_burst`). */
const PER_SECOND = 1000;
const BURST = 50;

/** Where the source is, and how long it is, by family. */
const sources = {
  ipv4: { at: source4, length: 4 },
  ipv6: { at: source6, length: 16 },
} as const;

/**
 * Tells senders, by ICMP, why a packet went no further. Through a socket, not through the device: what came in there with an address of this
 * node would be a martian, and a reverse path filter would drop any other source.
 */
export class ErrorSender {
  readonly #state: ThreadState;
  readonly #now: () => number;
  readonly #send: typeof sendIcmp;
  #tokens = BURST;
  #filledAt: number;

  /** @param now - a clock in ms; tests have their own, and their own way to send. */
  constructor(state: ThreadState, now: () => number = () => performance.now(), send = sendIcmp) {
    this.#state = state;
    this.#now = now;
    this.#send = send;
    this.#filledAt = now();
  }

  /** Sends an error about the packet at a place of some bytes, if its sender may be told. */
  tell(family: Family, error: IcmpError, bytes: Uint8Array, at: number, length: number): void {
    const fd = this.#state.icmp[familyPlace[family]];
    if (!mayTell(family, error.kind, bytes, at, length)) return;
    const { at: offset, length: size } = sources[family];
    const to = bytes.subarray(at + offset, at + offset + size);
    const sent =
      fd >= 0 &&
      this.#takeToken() &&
      this.#send(fd, icmpError(family, error, bytes, at, length), to) >= 0;
    const place = sent ? counterPlaces.icmp_errors : counterPlaces.icmp_errors_suppressed;
    this.#state.counters.add(place, 1);
  }

  #takeToken(): boolean {
    const now = this.#now();
    this.#tokens = Math.min(BURST, this.#tokens + ((now - this.#filledAt) * PER_SECOND) / 1000);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
