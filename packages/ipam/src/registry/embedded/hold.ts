import type { Log } from '@poplin/net';
import { RegistryError } from '../error.js';
import type { CommitResult, Entry, Held, Subscription, Txn, WatchHandler } from '../registry.js';

/** What holding a key needs of the registry. */
export interface HoldComponents {
  read(): Entry | undefined;
  /** Commits with the entry marked as leased. */
  commit(txn: Txn): Promise<CommitResult>;
  watch(handler: WatchHandler): Subscription;
  readonly mine: ((value: string) => boolean) | undefined;
  readonly log: Log;
  readonly onRelease: (held: Held) => void;
}

/**
 * Holds a key of an embedded registry. Holder and registry live and die together, so no time runs out: the
 * key is lost only when somebody deletes or replaces it.
 *
 * @throws {RegistryError} HELD.
 */
export async function holdEmbedded(
  key: string,
  value: string,
  components: HoldComponents,
): Promise<Held> {
  const held = new EmbeddedHeld(key, value, components);
  await held.take(components.mine);
  held.guard();
  return held;
}

class EmbeddedHeld implements Held {
  readonly #key: string;
  readonly #components: HoldComponents;
  #value: string;
  #watch: Subscription | undefined;
  #released = false;

  constructor(key: string, value: string, components: HoldComponents) {
    this.#key = key;
    this.#value = value;
    this.#components = components;
  }

  lost(): boolean {
    return this.#released || this.#components.read()?.value !== this.#value;
  }

  /** Puts the key if it is absent or `mine`, and not otherwise. */
  async take(mine: ((value: string) => boolean) | undefined): Promise<void> {
    const found = this.#components.read();
    if (found && found.value !== this.#value && mine?.(found.value) !== true) {
      throw new RegistryError('HELD', `${this.#key} is held by another`, { held: found.value });
    }
    await this.#put(found);
  }

  async update(value: string): Promise<void> {
    if (this.#released) throw new RegistryError('CLOSED', `${this.#key} was released`);
    const found = this.#components.read();
    if (found && found.value !== this.#value) {
      throw new RegistryError('HELD', `${this.#key} is held by another`, { held: found.value });
    }
    this.#value = value;
    await this.#put(found);
  }

  /** Puts the key again when somebody deleted it. */
  guard(): void {
    this.#watch = this.#components.watch({
      onSnapshot: () => {},
      onChange: (changes) => {
        const deleted = changes.some((c) => c.type === 'delete' && c.key === this.#key);
        if (!deleted || this.#released) return;
        this.take(undefined).catch((error: unknown) => {
          this.#components.log.error({ key: this.#key, err: error }, 'a held key is lost');
        });
      },
    });
  }

  async release(): Promise<void> {
    if (this.#released) return;
    const ours = this.#components.read()?.value === this.#value;
    this.#released = true;
    this.#watch?.close();
    this.#components.onRelease(this);
    if (!ours) return;
    const when = [{ key: this.#key, value: this.#value }];
    await this.#components.commit({ when, do: [{ delete: this.#key }] }).catch((error: unknown) => {
      this.#components.log.warn({ key: this.#key, err: error }, 'a held key could not be deleted');
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }

  async #put(found: Entry | undefined): Promise<void> {
    const key = this.#key;
    const condition = found
      ? { key, modRevision: found.modRevision }
      : { key, is: 'absent' as const };
    const put = { put: key, value: this.#value };
    const { committed } = await this.#components.commit({ when: [condition], do: [put] });
    if (committed) return;
    const other = this.#components.read()?.value;
    throw new RegistryError(
      'HELD',
      `${key} is held by another`,
      other === undefined ? {} : { held: other },
    );
  }
}
