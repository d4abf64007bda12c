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
  /** Half of the pause after which a way is checked again that did not work once, ms; 1000 by default. */
  readonly retryUnit?: number;
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
    const { port, log, netns, retryUnit, timeout = 1000 } = parts;
    const options = { port, timeout, ...(netns && { netns }) };
    this.#trials = new ChecksumTrials(parts);
    this.#responders = new Responders(parts);
    this.#checker = new PathChecker({
      port,
      log,
      trials: this.#trials,
      ...(retryUnit !== undefined && { retryUnit }),
      examine: (path, signal) => examine(path, { ...options, signal }),
    });
  }

  /**
   * Takes the ways to a peer, as the kernel has them now; those that are as before are not checked again. None when the peer is gone,
   * or its daemon does not run: it would not answer.
   */
  async setPeer(peer: string, paths: readonly (Path | BlindPath)[]): Promise<void> {
    this.#checker.set(peer, paths);
    await this.#responders.set(peer, paths.filter(canBeChecked));
  }

  /**
   * To be called when a link was made, or is no longer wanted: sockets are bound to the one that was there before, and what was found of
   * its checksums goes with it.
   *
   * @param links - names of the links that backends have now.
   */
  async linksChanged(links: ReadonlySet<string>): Promise<void> {
    await this.#trials.keep(links);
    await this.#responders.refresh();
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
