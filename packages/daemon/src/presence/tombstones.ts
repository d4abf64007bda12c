import { lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DelRequest } from '@poplin/api';
import { describeError, type Log } from '@poplin/net';
import { readTombstone, tombstoneSuffix } from './tombstone.js';

/** Carries out one DEL; throws when it has to be tried again. */
export type Del = (request: DelRequest) => Promise<unknown>;

/** What a look at the tombstones came to. */
export interface Drained {
  /** DELs that succeeded; their tombstones are gone. */
  readonly done: number;
  /** Tombstones that stay for the next look. */
  readonly left: number;
}

/** What {@link Tombstones} need. */
export interface TombstonesOptions {
  /** Directory of the socket. */
  readonly directory: string;
  readonly log: Log;
  /** Wall clock in milliseconds, as files have it; for tests. */
  readonly now?: () => number;
}

/** Name of the directory beside the socket where the shim leaves its notes. */
const folder = 'del';

/** Age at which a file that is no tombstone is no longer being written, milliseconds. */
const staleMs = 60_000;

/**
 * The DELs that the shim noted down because the daemon did not answer in time. Each is a file `<name>.del` that holds an
 * encoded DelRequest and came into place by a rename; any other file is one that is being written.
 *
 *     tombstone ── DEL succeeds ──> removed
 *               ── DEL fails ─────> stays for the next look
 *               ── garbage ───────> logged, removed
 *     temporary ── a minute old ──> removed
 */
export class Tombstones {
  /** Where they are. */
  readonly path: string;
  readonly #log: Log;
  readonly #now: () => number;
  /** What was said already: a DEL that fails again and again fills no log. */
  readonly #complained = new Map<string, string>();
  #tail: Promise<unknown> = Promise.resolve();

  constructor({ directory, log, now = Date.now }: TombstonesOptions) {
    this.path = join(directory, folder);
    this.#log = log;
    this.#now = now;
  }

  /**
   * Makes the directory, for its owner alone.
   *
   * @throws {Error} the system's.
   */
  async prepare(): Promise<void> {
    await mkdir(this.path, { recursive: true, mode: 0o700 });
  }

  /**
   * Carries out all DELs that are noted, in order of name, one after the other. Looks at the same time wait for each other.
   *
   * @param signal - ends the look after the DEL that is under way; the others are left.
   * @throws {Error} the system's, when the directory is there and cannot be read.
   */
  drain(del: Del, signal?: AbortSignal): Promise<Drained> {
    const look = this.#tail.then(() => this.#look(del, signal));
    this.#tail = look.catch(() => {});
    return look;
  }

  async #look(del: Del, signal: AbortSignal | undefined): Promise<Drained> {
    const names = await namesIn(this.path);
    for (const name of this.#complained.keys()) {
      if (!names.includes(name)) this.#complained.delete(name);
    }
    let done = 0;
    let left = 0;
    for (const name of names.filter((name) => name.endsWith(tombstoneSuffix)).sort()) {
      const end = signal?.aborted ? 'left' : await this.#workOff(name, del);
      if (end === 'done') done++;
      else if (end === 'left') left++;
    }
    for (const name of names.filter((name) => !name.endsWith(tombstoneSuffix))) {
      await this.#removeStale(name);
    }
    if (done > 0) this.#log.info({ done, left }, 'DELs that were noted down are done');
    return { done, left };
  }

  async #workOff(name: string, del: Del): Promise<'done' | 'left' | 'gone'> {
    const path = join(this.path, name);
    try {
      const content = await readTombstone(path);
      if (content.kind === 'absent') return 'gone';
      if (content.kind === 'request') await del(content.request);
      else this.#log.warn({ path }, `tombstone ${path} is of no use: ${content.why}`);
      await rm(path, { force: true });
      return content.kind === 'request' ? 'done' : 'gone';
    } catch (error) {
      this.#complain(name, error);
      return 'left';
    }
  }

  #complain(name: string, error: unknown): void {
    const why = describeError(error);
    if (this.#complained.get(name) === why) return;
    this.#complained.set(name, why);
    const path = join(this.path, name);
    this.#log.warn({ path, err: error }, `a DEL that was noted down is not done yet: ${why}`);
  }

  async #removeStale(name: string): Promise<void> {
    const path = join(this.path, name);
    try {
      const { mtimeMs } = await lstat(path);
      if (this.#now() - mtimeMs < staleMs) return;
      await rm(path, { force: true });
      this.#log.debug({ path }, 'a tombstone that was never finished is removed');
    } catch (error) {
      // Its writer renamed it meanwhile.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.#complain(name, error);
    }
  }
}

async function namesIn(path: string): Promise<readonly string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
