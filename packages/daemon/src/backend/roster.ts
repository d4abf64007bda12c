import { describeError, type Log } from '@poplin/net';
import type { BackendAtWork } from './at-work.js';
import type { BackendEffects } from './effects.js';
import type { BackendFile, SavedBackend } from './file.js';
import type { BackendConfig, ConfiguredBackend } from './load.js';
import type { LinkSuffix } from './room.js';
import type { BackendStarter } from './starter.js';
import { Timers } from './timers.js';

/** What a {@link BackendRoster} works with. */
export interface BackendRosterParts {
  readonly starter: BackendStarter;
  readonly file: BackendFile;
  /** How long a backend stays published that nobody needs, and how long it goes on receiving after that, ms. */
  readonly lingerMs: number;
  readonly log: Log;
}

/**
 * Which backends are published and which are leaving, with the order that nobody may notice a change by: what is new is in the state
 * file first, then in the kernel, then published; what is old is no longer published first, then no longer in the kernel, then
 * no longer in the state file.
 */
export class BackendRoster {
  readonly #parts: BackendRosterParts;
  /** Those that nobody seems to need. */
  readonly #doubted = new Timers<BackendAtWork>();
  readonly #linger = new Timers<BackendAtWork>();
  readonly #leaving = new Set<BackendAtWork>();
  #published: readonly BackendAtWork[] = [];
  #effects: BackendEffects | undefined;

  constructor(parts: BackendRosterParts) {
    this.#parts = parts;
  }

  /** The backends by which peers can reach this node, the preferred one first. The same array until that changes. */
  get published(): readonly BackendAtWork[] {
    return this.#published;
  }

  /** All that may have something in the kernel. */
  get all(): readonly BackendAtWork[] {
    return [...this.#published, ...this.#leaving];
  }

  /** From now on, what happens has these effects, and is remembered. */
  takeEffect(effects: BackendEffects): void {
    this.#effects = effects;
  }

  /** Puts the host states of all into the kernel as they are now, and has the peers planned anew. What the kernel refuses is logged. */
  async reprogram(): Promise<void> {
    for (const backend of this.all) {
      try {
        await this.#effects?.program(backend);
      } catch (error) {
        this.#tellLack(backend, error);
      }
    }
    this.#effects?.changed();
  }

  /**
   * Starts a backend and puts its host state into the kernel.
   *
   * @throws what the backend or the kernel throws; nothing of it is left then, but a state that it took over by its name.
   */
  async start(configured: ConfiguredBackend, linkSuffix: LinkSuffix): Promise<BackendAtWork> {
    const { starter } = this.#parts;
    const fresh = await starter.start(configured, linkSuffix);
    const isNew = !this.all.some(({ name }) => name === fresh.name);
    try {
      if (isNew) this.#save([fresh, ...this.all]);
      await this.introduce(fresh);
      return fresh;
    } catch (error) {
      if (isNew) await this.#effects?.withdraw(fresh);
      await starter.end(fresh);
      if (isNew) this.#save();
      throw error;
    }
  }

  /**
   * Puts the host state of a backend that has started into the kernel. Where it is the only one, and the last run has left its links
   * there, what the kernel refuses is logged: packets may be on their way through them.
   *
   * @throws what the kernel refuses else.
   */
  async introduce(backend: BackendAtWork): Promise<void> {
    const isAlone = this.all.every((other) => other === backend);
    const stood = isAlone && (await this.#effects?.stands(backend));
    try {
      await this.#effects?.program(backend);
    } catch (error) {
      if (!stood) throw error;
      this.#tellLack(backend, error);
    }
  }

  /**
   * Starts a backend of the last run again, if that can be, behind those that are there already.
   *
   * @returns why it does not start.
   */
  async recover(
    { config, linkSuffix }: SavedBackend,
    configure: (config: BackendConfig) => Promise<ConfiguredBackend>,
  ): Promise<unknown> {
    try {
      const backend = await this.start(await configure(config), linkSuffix);
      await this.publish([...this.#published, backend]);
      if (this.#effects) this.#parts.log.info({ backend: backend.name }, 'backend at work');
      return undefined;
    } catch (error) {
      return error;
    }
  }

  /** Publishes these and no others, the preferred one first. Those of them that were leaving stay. */
  async publish(backends: readonly BackendAtWork[]): Promise<void> {
    await this.#effects?.publish(backends);
    for (const backend of backends) this.#stay(backend);
    this.#published = backends;
    this.#save();
    this.#effects?.changed();
  }

  /** Tells that no backend is at work, and why. What the last run has published and put into the kernel stays. */
  strand(why: string): void {
    this.#effects?.stranded(why);
  }

  /**
   * Lets other options, which are the same for peers, take the place and the links of those of a backend that runs: there cannot be two
   * of them.
   *
   * @throws what the backend or the kernel throws; the old options are back then.
   */
  async replace(old: BackendAtWork, configured: ConfiguredBackend): Promise<BackendAtWork> {
    await this.#parts.starter.end(old);
    const fresh = await this.start(configured, old.linkSuffix).catch(async (error) => {
      await this.#restart(old).catch((err: unknown) => {
        const what = `backend ${old.name} does not come back: ${describeError(err)}`;
        this.#parts.log.error({ err }, what);
      });
      throw error;
    });
    await this.#substitute(old, fresh);
    return fresh;
  }

  /** Gives a backend up. */
  async drop(backend: BackendAtWork): Promise<void> {
    this.#stay(backend);
    this.#published = this.#published.filter((other) => other !== backend);
    await this.#effects?.withdraw(backend);
    await this.#parts.starter.end(backend);
    this.#save();
  }

  /**
   * Takes note of the published backends that nobody needs just now.
   *
   * @param onTime - called for each that nobody has needed for long enough.
   */
  doubt(backends: readonly BackendAtWork[], onTime: (backend: BackendAtWork) => void): void {
    for (const backend of this.#doubted.keys) {
      if (!backends.includes(backend)) this.#doubted.stop(backend);
    }
    for (const backend of backends) {
      if (this.#doubted.has(backend)) continue;
      this.#doubted.start(backend, this.#parts.lingerMs, () => onTime(backend));
    }
  }

  /**
   * Lets a published backend go: it is no longer published.
   *
   * @param onTime - called when peers have had time to learn of that, unless it was published again.
   */
  async leave(backend: BackendAtWork, onTime: () => void): Promise<void> {
    const staying = this.#published.filter((other) => other !== backend);
    await this.#effects?.publish(staying);
    this.#published = staying;
    this.#leaving.add(backend);
    this.#linger.start(backend, this.#parts.lingerMs, onTime);
    this.#effects?.changed();
  }

  /** Ends all, and leaves the kernel as it is. */
  async end(): Promise<void> {
    for (const backend of this.all) {
      this.#doubted.stop(backend);
      this.#linger.stop(backend);
      await this.#parts.starter.end(backend);
    }
  }

  async #restart(old: BackendAtWork): Promise<void> {
    // One that was leaving has nobody who waits for it.
    if (!this.#published.includes(old)) return this.drop(old);
    await this.#substitute(old, await this.start(old.configured, old.linkSuffix));
  }

  /** Lets another run of a backend take its place, in the kernel as well. */
  async #substitute(old: BackendAtWork, fresh: BackendAtWork): Promise<void> {
    this.#stay(old);
    await this.publish(this.#published.map((backend) => (backend === old ? fresh : backend)));
  }

  #tellLack({ name }: BackendAtWork, error: unknown): void {
    const what = `backend ${name} has not all that it needs: ${describeError(error)}`;
    this.#parts.log.error({ err: error }, what);
  }

  #stay(backend: BackendAtWork): void {
    this.#doubted.stop(backend);
    this.#linger.stop(backend);
    this.#leaving.delete(backend);
  }

  #save(backends: readonly BackendAtWork[] = this.all): void {
    // What the last run has left is not to be forgotten half-way.
    if (!this.#effects) return;
    const now = backends.map(({ configured: { config }, linkSuffix }) => ({ config, linkSuffix }));
    this.#parts.file.keep(now.length > 0 ? now : this.#parts.file.saved);
  }
}
