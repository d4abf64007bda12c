/** Members that have the same time each, and so expire in the order in which they came. One timer serves all; it keeps no process alive. */
export class Expiry<Member> {
  readonly #delay: number;
  readonly #expire: (member: Member) => void;
  readonly #due = new Map<Member, number>();
  #timer: NodeJS.Timeout | undefined;

  /** @param delay - how long each has, ms. */
  constructor(delay: number, expire: (member: Member) => void) {
    this.#delay = delay;
    this.#expire = expire;
  }

  /** Begins a member's time. */
  add(member: Member): void {
    this.#due.set(member, performance.now() + this.#delay);
    // Once set it stays, also when nobody is left: who comes every millisecond shall not set a timer each.
    this.#timer ??= setTimeout(this.#look, this.#delay).unref();
  }

  /** Lets a member go whose time does not matter any more. */
  delete(member: Member): void {
    this.#due.delete(member);
  }

  /** How many there are whose time runs. */
  get size(): number {
    return this.#due.size;
  }

  /** Those whose time runs. */
  members(): readonly Member[] {
    return [...this.#due.keys()];
  }

  /** Forgets all of them. */
  clear(): void {
    this.#due.clear();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  readonly #look = (): void => {
    const now = performance.now();
    const all = [...this.#due];
    const late = all.findIndex(([, due]) => due > now);
    const expired = late < 0 ? all : all.slice(0, late);
    const [, next] = all[expired.length] ?? [];
    this.#timer =
      next === undefined ? undefined : setTimeout(this.#look, Math.ceil(next - now)).unref();
    for (const [member] of expired) this.#due.delete(member);
    for (const [member] of expired) this.#expire(member);
  };
}
