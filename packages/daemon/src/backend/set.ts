import type { NetworkView } from '@poplin/backend';
import { describeError, type Family, type Log } from '@poplin/net';
import { type BackendAtWork, greatestOverhead } from './at-work.js';
import type { BackendEffects } from './effects.js';
import type { BackendFile } from './file.js';
import { backendIdentity } from './identity.js';
import { type BackendConfig, type ConfiguredBackend, sameConfig, sameOptions } from './load.js';
import { roomFor } from './room.js';
import { BackendRoster } from './roster.js';
import { Setback } from './setback.js';
import { BackendStarter, type NodeHost } from './starter.js';
import { type BackendStatus, backendStatus, type Dependents, unneededOf } from './status.js';
import { Turns } from './turns.js';

/** What a {@link BackendSet} works with. */
export interface BackendSetComponents {
  readonly host: NodeHost;
  /** Finds a backend and reads its options. @throws {ConfigError} */
  readonly configure: (config: BackendConfig) => Promise<ConfiguredBackend>;
  /** Asked anew each time. */
  readonly view: () => NetworkView;
  readonly file: BackendFile;
  /**
   * How long a backend stays published that nobody needs, and how long it goes on receiving after that, ms. Longer than a record takes
   * to travel: two nodes must not give up, each relying on what it last heard of the other, all that they have in common. Default 5,000.
   */
  readonly lingerMs?: number;
}

/**
 * The backends of this node: normally one, two while the cluster changes from one to another, none while the only one cannot start.
 *
 * | state | leaves it when | goes to |
 * |---|---|---|
 * | starting | it runs, its host state is in the kernel, peers can read of it | at work, preferred |
 * | starting | it cannot | starting, after a pause ({@link Setback}) |
 * | starting | the cluster wants yet another one | – |
 * | at work, preferred | another one is | at work |
 * | at work | no peer is reached by it for {@link BackendSetComponents.lingerMs} | leaving: no longer published |
 * | leaving | {@link BackendSetComponents.lingerMs} more | given up: its host state goes, it stops |
 * | at work, leaving | the cluster wants it again | at work, preferred |
 *
 * One step at a time; between two, only the last configuration counts.
 */
export class BackendSet implements AsyncDisposable {
  readonly #configure: BackendSetComponents['configure'];
  readonly #log: Log;
  readonly #roster: BackendRoster;
  readonly #saved: BackendFile['saved'];
  readonly #setback: Setback;
  readonly #turns = new Turns();
  #dependents: Dependents = new Map();
  #wanted: BackendConfig;
  /** The last configuration that was dealt with, well or badly. */
  #settled: BackendConfig | undefined;

  private constructor(parts: BackendSetComponents, wanted: BackendConfig) {
    const { host, view, file, configure, lingerMs = 5000 } = parts;
    const { log } = host;
    this.#configure = configure;
    this.#log = log;
    this.#saved = file.saved;
    this.#setback = new Setback(log);
    const changed = () => this.#later(() => this.#roster.reprogram());
    const starter = new BackendStarter(host, view, changed);
    this.#roster = new BackendRoster({ starter, file, lingerMs, log });
    this.#wanted = wanted;
  }

  /**
   * Starts the backends that an earlier run had at work, and the one that the cluster wants. Neither kernel nor peers hear of it
   * until {@link begin}. Where none of them starts there is none: {@link problems} says why, and they are tried again.
   */
  static async open(parts: BackendSetComponents, wanted: BackendConfig): Promise<BackendSet> {
    const set = new BackendSet(parts, wanted);
    await set.#turns.run(() => set.#revive());
    return set;
  }

  /** The backends by which peers can reach this node, the preferred one first. The same array until that changes. */
  get published(): readonly BackendAtWork[] {
    return this.#roster.published;
  }

  /** All that may have something in the kernel. */
  get all(): readonly BackendAtWork[] {
    return this.#roster.all;
  }

  /** What the cluster wants and this node cannot do, and what its backends could not answer: one sentence each. */
  get problems(): readonly string[] {
    const own = this.#setback.sentence === undefined ? [] : [this.#setback.sentence];
    return [...own, ...this.all.flatMap(({ problems }) => problems)];
  }

  /** The backends at work, the preferred one first, for an operator. */
  get status(): readonly BackendStatus[] {
    return backendStatus(this.all, this.#dependents);
  }

  /** Bytes to leave free in a packet of each family, so that it fits whichever of the published backends carries it. */
  overhead(view: NetworkView): Readonly<Record<Family, number>> {
    return greatestOverhead(this.published, view);
  }

  /** Puts the host states of all backends into the kernel, then tells the peers. From now on all that happens has these effects. */
  begin(effects: BackendEffects): Promise<void> {
    return this.#turns.run(async () => {
      this.#roster.takeEffect(effects);
      if (this.published.length === 0) this.#roster.strand(this.problems.join('; '));
      for (const backend of this.published) await this.#introduce(backend);
      if (this.published.length > 0) await this.#roster.publish(this.published);
    });
  }

  /** Takes note of what the cluster wants, and tries anew what failed. Settles when this node has done what it can; see {@link problems}. */
  want(config: BackendConfig): Promise<void> {
    this.#wanted = config;
    return this.#turns.run(() => this.#anew());
  }

  /**
   * Takes note of which backends peers are reached by, and gives up those that none is.
   *
   * @param published - the {@link published} that the peers were planned with; when that has changed, there is a plan to come.
   */
  reconsider(dependents: Dependents, published: readonly BackendAtWork[]): Promise<void> {
    this.#dependents = dependents;
    return this.#turns.run(async () => {
      if (published !== this.published) return;
      const unneeded = unneededOf(published, this.#dependents);
      this.#roster.doubt(unneeded, (backend) => this.#later(() => this.#leave(backend)));
    });
  }

  /** Puts the host states of all backends into the kernel as they are now: the view has changed, or what a backend answers. */
  reprogram(): Promise<void> {
    return this.#turns.run(() => this.#roster.reprogram());
  }

  /** Stops all backends. Leaves the kernel as it is. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#turns.run(() => {
      this.#setback.rest();
      return this.#roster.end();
    });
  }

  /** Starts what the last run had at work and what the cluster wants, as far as that is possible. */
  async #revive(): Promise<void> {
    for (const saved of this.#saved) {
      const error = await this.#roster.recover(saved, this.#configure);
      // Of the one that is wanted more is to be heard.
      if (error === undefined || sameConfig(saved.config, this.#wanted)) continue;
      const what = `backend ${saved.config.type}${saved.linkSuffix} of the last run does not start again`;
      this.#log.warn({ err: error }, `${what}: ${describeError(error)}`);
    }
    await this.#anew();
  }

  async #introduce(backend: BackendAtWork): Promise<void> {
    try {
      await this.#roster.introduce(backend);
    } catch (error) {
      await this.#roster.drop(backend);
      this.#fail(backend.configured.config, error, true);
    }
  }

  /** Does what the last configuration asks for, also if that was tried and failed. */
  #anew(): Promise<void> {
    if (this.#setback.sentence !== undefined) this.#settled = undefined;
    return this.#advance();
  }

  /** Does what the last configuration asks for, if that is not done yet. */
  async #advance(): Promise<void> {
    const config = this.#wanted;
    if (this.#settled === config) return;
    let mayRepeat = true;
    try {
      const configured = await this.#configure(config);
      const identity = backendIdentity(config.type, configured.shared);
      const same = this.all.find((backend) => backend.identity === identity);
      if (!same) await this.#join(configured);
      else if (sameOptions(same.configured, configured)) await this.#prefer(same);
      else {
        // Each try stops the one that is at work.
        mayRepeat = false;
        await this.#prefer(await this.#roster.replace(same, configured));
      }
      this.#setback.clear();
    } catch (error) {
      this.#fail(config, error, mayRepeat);
    }
    this.#settled = config;
  }

  /** Puts a backend to work beside the others. */
  async #join(configured: ConfiguredBackend): Promise<void> {
    const { config } = configured;
    const linkSuffix = roomFor(config.type, this.all, this.#dependents);
    const fresh = await this.#roster.start(configured, linkSuffix);
    // Nobody has heard of it yet, and nobody needs to when the cluster wants another by now.
    if (this.#wanted !== config) return this.#roster.drop(fresh);
    try {
      await this.#prefer(fresh);
    } catch (error) {
      await this.#roster.drop(fresh);
      throw error;
    }
  }

  /** Makes a backend that runs the preferred one. */
  async #prefer(backend: BackendAtWork): Promise<void> {
    if (this.published[0] === backend) return;
    const others = this.published.filter((other) => other !== backend);
    await this.#roster.publish([backend, ...others]);
    this.#log.info({ backend: backend.name }, 'backend at work');
  }

  async #leave(backend: BackendAtWork): Promise<void> {
    if (!unneededOf(this.published, this.#dependents).includes(backend)) return;
    await this.#roster.leave(backend, () => this.#later(() => this.#giveUp(backend)));
  }

  /** Gives a backend up that has left. What had no room may have some now. */
  async #giveUp(backend: BackendAtWork): Promise<void> {
    if (this.published.includes(backend) || !this.all.includes(backend)) return;
    await this.#roster.drop(backend);
    this.#log.info({ backend: backend.name }, 'backend given up');
    await this.#anew();
  }

  /** Does a step that nobody waits for. */
  #later(step: () => Promise<void>): void {
    this.#turns.run(step).catch((error: unknown) => {
      this.#log.error({ err: error }, `backends do not change: ${describeError(error)}`);
    });
  }

  #fail({ type }: BackendConfig, error: unknown, mayRepeat: boolean): void {
    const stays = this.published[0];
    const what = stays ? `, ${stays.name} stays` : '; pods of this node reach only each other';
    const again = () => (this.published.length === 0 ? this.#revive() : this.#anew());
    const later = mayRepeat ? () => this.#later(again) : undefined;
    const news = this.#setback.note(`backend ${type} is not at work${what}`, error, later);
    if (!stays && news !== undefined) this.#roster.strand(news);
  }
}
