import type { Log } from '@poplin/net';
import { isRegistryError, RegistryError } from '../error.js';
import type { Held, HoldOptions } from '../registry.js';
import type { EtcdCalls } from './call.js';
import { grantLease, type Lease, renewLease, revokeLease } from './lease.js';
import { readKey } from './range.js';
import type { Wire } from './wire.js';

/** What holding a key needs of its registry. */
export interface HoldComponents {
  readonly calls: EtcdCalls;
  readonly wire: Wire;
  readonly callMs: number;
  readonly log: Log;
  readonly onRelease: (held: Held) => void;
}

/** Reads of a key to learn whose it is, before giving up on a fight for it. */
const maxRounds = 5;

/**
 * Holds a key by a lease of etcd.
 *
 * | state | event | next |
 * |---|---|---|
 * | held | renewed, key still on our lease | held, later deadline |
 * | held | not renewed, deadline not reached | held |
 * | held | deadline reached, or etcd no longer has lease or key | lost |
 * | lost | etcd answers, key absent or still with our value | held, by a new lease |
 * | lost | another holds the key | lost; said once, tried again |
 * | any | release | released |
 *
 * etcd3's own Lease tells of a loss up to one TTL late, by the wall clock.
 */
export async function holdKey(
  components: HoldComponents,
  key: string,
  value: string,
  options: HoldOptions,
): Promise<Held> {
  const held = new EtcdHeld(components, key, value, options.ttlSeconds);
  await held.take((found) => found === value || options.mine?.(found) === true, options.signal);
  held.beat();
  return held;
}

class EtcdHeld implements Held {
  readonly #components: HoldComponents;
  readonly #key: string;
  readonly #ttlSeconds: number;
  #value: string;
  #lease: Lease | undefined;
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #complained = false;
  #released = false;

  constructor(components: HoldComponents, key: string, value: string, ttlSeconds: number) {
    this.#components = components;
    this.#key = key;
    this.#value = value;
    this.#ttlSeconds = ttlSeconds;
  }

  lost(): boolean {
    return this.#released || this.#lease === undefined || performance.now() >= this.#lease.deadline;
  }

  /** Puts the key on a new lease if it is absent or `mine`. */
  async take(mine: (found: string) => boolean, signal?: AbortSignal): Promise<void> {
    const { calls } = this.#components;
    const lease = await grantLease(calls, this.#ttlSeconds, signal);
    try {
      await this.#put(lease, mine, signal);
    } catch (error) {
      await revokeLease(calls, lease).catch(() => {
        // It runs out by itself.
      });
      throw error;
    }
    this.#lease = lease;
  }

  /** Keeps the key alive from now on. */
  beat(): void {
    this.#timer = setTimeout(
      () => {
        this.#inTurn(() => this.#keep()).then(() => {
          if (!this.#released) this.beat();
        });
      },
      (this.#ttlSeconds * 1000) / 3,
    );
    this.#timer.unref();
  }

  update(value: string): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#released) throw new RegistryError('CLOSED', `${this.#key} was released`);
      const before = this.#value;
      this.#value = value;
      const mine = (found: string): boolean => found === before || found === value;
      if (this.#lease && !this.lost()) await this.#put(this.#lease, mine);
      else await this.take(mine);
    });
  }

  async release(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    clearTimeout(this.#timer);
    this.#components.onRelease(this);
    await this.#inTurn(async () => {
      if (!this.#lease) return;
      await revokeLease(this.#components.calls, this.#lease).catch((error: unknown) => {
        this.#components.log.warn(
          { key: this.#key, err: error },
          'a held key could not be given back; it runs out by itself',
        );
      });
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }

  /** Renews, or takes the key again. Does not throw: the next beat tries again. */
  async #keep(): Promise<void> {
    if (this.#released) return;
    try {
      if (await this.#renew()) return;
      this.#lease = undefined;
      await this.take((found) => found === this.#value);
      this.#complained = false;
      this.#components.log.info({ key: this.#key }, 'a held key that was lost is held again');
    } catch (error) {
      // An etcd that is away is its contact's story.
      if (isRegistryError(error, 'UNAVAILABLE', 'AMBIGUOUS', 'CLOSED') || this.#complained) return;
      this.#complained = true;
      this.#components.log.error({ key: this.#key, err: error }, 'a held key is lost');
    }
  }

  /** Renews the lease; false when it or the key is gone. */
  async #renew(): Promise<boolean> {
    const { calls, wire, callMs } = this.#components;
    if (!this.#lease) return false;
    const renewed = await renewLease(calls, this.#lease, this.#ttlSeconds, callMs);
    if (!renewed) return false;
    const found = await readKey(calls, wire, this.#key);
    if (found?.lease !== renewed.id) return false;
    this.#lease = renewed;
    return true;
  }

  /** Puts key and value on a lease. The lease settles a write whose answer was lost: it is ours alone. */
  async #put(lease: Lease, mine: (found: string) => boolean, signal?: AbortSignal): Promise<void> {
    const { calls, wire } = this.#components;
    const key = this.#key;
    for (let round = 0; round < maxRounds; round++) {
      const found = await readKey(calls, wire, key, signal);
      if (found?.lease === lease.id && found.entry.value === this.#value) return;
      if (found && found.lease !== lease.id && !mine(found.entry.value)) {
        throw new RegistryError('HELD', `${key} is held by another`, { held: found.entry.value });
      }
      const condition = found
        ? { key, modRevision: found.entry.modRevision }
        : { key, is: 'absent' as const };
      const txn = { when: [condition], do: [{ put: key, value: this.#value }] };
      try {
        const request = wire.txn(txn, lease.id);
        const answer = await calls.write(`holding ${key}`, (c) => c.kv.txn(request), signal);
        if (answer.succeeded) return;
      } catch (error) {
        if (!isRegistryError(error, 'AMBIGUOUS') || signal?.aborted) throw error;
      }
    }
    throw new RegistryError('UNAVAILABLE', `${key} changes hands too fast to be held`);
  }

  /** One after the other: beats, updates and the release share the lease. */
  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(run);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}
