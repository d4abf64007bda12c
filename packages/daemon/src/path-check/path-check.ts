import type { Log } from '@poplin/net';
import type { Netns } from '@poplin/netlink';
import { PathChecker } from './checker.js';
import { ChecksumTrials, type ChecksumTrialsParts } from './checksum-trials.js';
import { canBeChecked } from './entry.js';
import { examine } from './examine.js';
import { type PathFindings, problemsOf } from './findings.js';
import type { BlindPath, Path } from './path.js';
import { Responders, type RespondersParts } from './responders.js';

/** What a {@link PathCheck} works with. */
export interface PathCheckParts extends ChecksumTrialsParts, RespondersParts {
  readonly port: number;
  readonly log: Log;
  readonly netns?: Netns;
  /** How long to wait for one answer, ms; 1000 by default. */
  readonly timeout?: number;
}

/**
 * Finds out whether packets get through to each peer and back: by UDP and TCP, short and of exactly the length that fits, in each
 * family, and answers when peers ask the same.
 */
export class PathCheck implements AsyncDisposable {
  readonly #checker: PathChecker;
  readonly #trials: ChecksumTrials;
  readonly #responders: Responders;

  constructor(parts: PathCheckParts) {
    const { port, log, netns, timeout = 1000 } = parts;
    const options = { port, timeout, ...(netns && { netns }) };
    this.#trials = new ChecksumTrials(parts);
    this.#responders = new Responders(parts);
    this.#checker = new PathChecker({
      port,
      log,
      trials: this.#trials,
      examine: (path, signal) => examine(path, { ...options, signal }),
    });
  }

  /**
   * Takes the ways to the peers whose daemons run, as the kernel has them now; those that are as before are not checked again. A peer whose
   * daemon does not run would not answer.
   */
  async update(paths: readonly (Path | BlindPath)[]): Promise<void> {
    const open = paths.filter(canBeChecked);
    await this.#trials.keep(new Set(open.map(({ link }) => link)));
    await this.#responders.update(open);
    this.#checker.update(paths);
  }

  /** To be called when a link was made: sockets are bound to the one that was there before. */
  linksChanged(): Promise<void> {
    return this.#responders.refresh();
  }

  /** What is known now. */
  get findings(): PathFindings {
    return { paths: this.#checker.findings, checksums: this.#trials.findings };
  }

  /** What an operator has to look at, a sentence each. */
  get problems(): readonly string[] {
    return problemsOf(this.findings);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#checker[Symbol.asyncDispose]();
    await this.#responders[Symbol.asyncDispose]();
  }
}
