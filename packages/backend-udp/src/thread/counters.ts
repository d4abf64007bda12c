/** Names of what the thread counts, each at its place. The README says what they mean. */
export const counterNames = [
  'sent_packets',
  'sent_bytes',
  'received_packets',
  'received_bytes',
  'icmp_errors',
  'icmp_errors_suppressed',
  'out_malformed',
  'out_no_peer',
  'out_ttl_exceeded',
  'out_too_big',
  'out_no_socket',
  'out_refused_by_kernel',
  'in_stranger',
  'in_wrong_port',
  'in_malformed',
  'in_spoofed_source',
  'in_foreign_destination',
  'in_ttl_exceeded',
  'in_no_device',
  'in_refused_by_kernel',
] as const;

/** The name of one of them. */
export type CounterName = (typeof counterNames)[number];

/** Place of each. */
export const counterPlaces = Object.fromEntries(
  counterNames.map((name, place) => [name, place]),
) as Readonly<Record<CounterName, number>>;

/**
 * Counters in memory that two threads share: one counts, the other reads whenever it likes. Doubles are exact to 2^53 and are
 * written whole.
 */
export class Counters {
  readonly memory: SharedArrayBuffer;
  readonly #values: Float64Array;

  constructor(memory = new SharedArrayBuffer(8 * counterNames.length)) {
    this.memory = memory;
    this.#values = new Float64Array(memory);
  }

  /** Adds to the counter at a place, see {@link counterPlaces}. */
  add(place: number, amount: number): void {
    this.#values[place] = (this.#values[place] ?? 0) + amount;
  }

  /** All of them by name, as they are now. */
  read(): Readonly<Record<CounterName, number>> {
    const pairs = counterNames.map((name, place) => [name, this.#values[place] ?? 0]);
    return Object.fromEntries(pairs) as Record<CounterName, number>;
  }
}
