/** An address that two containers had at once. */
export interface DoubleUse {
  readonly ip: string;
  readonly holder: string;
  readonly second: string;
}

/**
 * The soak's own book of addresses: an address is in use from the answer of the ADD that gave it until the start of
 * the DEL that gives it back. It believes nobody but the plugin's answers.
 */
export class AddressBook {
  readonly #holders = new Map<string, string>();
  readonly #doubles: DoubleUse[] = [];

  /** Every address that was handed out while somebody had it. */
  get doubles(): readonly DoubleUse[] {
    return this.#doubles;
  }

  /** Writes down that a container got an address. */
  take(ip: string, container: string): void {
    const holder = this.#holders.get(ip);
    if (holder !== undefined) this.#doubles.push({ ip, holder, second: container });
    this.#holders.set(ip, container);
  }

  /** Crosses out an address, unless another container has it by now. */
  giveBack(ip: string, container: string): void {
    if (this.#holders.get(ip) === container) this.#holders.delete(ip);
  }
}
