import { describeError, type Log } from '@poplin/net';
import type { ChecksumFinding } from './findings.js';
import type { Path } from './path.js';

/** What {@link ChecksumTrials} works with. */
export interface ChecksumTrialsParts {
  readonly log: Log;
  /**
   * Has the checksums of what these links send, and of no others, computed in software; settles when the kernel does so.
   * Same as `ethtool -K LINK tx off`.
   */
  readonly setSoftwareChecksums: (links: readonly string[]) => Promise<void>;
  /** Links that an earlier run has found faulty: packets are not to be lost at each start until it is found again. */
  readonly faultyBefore?: readonly string[];
}

/**
 * Turns `tx-checksum` of a tunnel's link off where that alone makes packets get through, and back on where it does not. A link is tried
 * once; what was found stands until the link is no longer used.
 */
export class ChecksumTrials {
  readonly #parts: ChecksumTrialsParts;
  readonly #findings = new Map<string, ChecksumFinding>();
  readonly #trying = new Set<string>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: ChecksumTrialsParts) {
    this.#parts = parts;
    for (const link of parts.faultyBefore ?? []) {
      const reason = `tx-checksum of ${link} is off: with it, packets arrived with wrong checksums when an earlier run of the daemon looked`;
      this.#findings.set(link, { link, verdict: 'faulty', reason });
    }
  }

  /** What was found of each link that was tried. */
  get findings(): readonly ChecksumFinding[] {
    return [...this.#findings.values()];
  }

  /**
   * Tries a path's link, unless that was done before.
   *
   * @param works - checks the path again.
   * @returns true when it was tried now and helped.
   */
  async run(path: Path, works: () => Promise<boolean>): Promise<boolean> {
    const turn = this.#turn.then(() => this.#run(path, works));
    this.#turn = turn.catch(() => {});
    return await turn;
  }

  /** Forgets links that are no longer used, and what was done to them. */
  async keep(links: ReadonlySet<string>): Promise<void> {
    const gone = [...this.#findings.keys()].filter((link) => !links.has(link));
    for (const link of gone) this.#findings.delete(link);
    if (gone.length > 0) await this.#apply();
  }

  async #run({ link, peer, family }: Path, works: () => Promise<boolean>): Promise<boolean> {
    if (this.#findings.has(link)) return false;
    this.#trying.add(link);
    let helped = false;
    try {
      await this.#apply();
      helped = await works();
      this.#conclude(link, helped, `node ${peer} (${family})`);
    } catch (error) {
      const reason = `tx-checksum of ${link} cannot be turned off to see whether that helps: ${describeError(error)}`;
      this.#findings.set(link, { link, verdict: 'innocent', reason });
      this.#parts.log.warn({ err: error, link }, reason);
    } finally {
      this.#trying.delete(link);
      if (!helped) await this.#apply();
    }
    return helped;
  }

  #conclude(link: string, helped: boolean, who: string): void {
    const { log } = this.#parts;
    const reason = helped
      ? `tx-checksum of ${link} is off: with it, packets to ${who} arrived with wrong checksums and were dropped. A later kernel or driver may need no such thing`
      : `packets to ${who} by ${link} get through without a checksum alone, and turning tx-checksum off did not help, so it is on again`;
    this.#findings.set(link, { link, verdict: helped ? 'faulty' : 'innocent', reason });
    log.warn({ link }, reason);
  }

  #apply(): Promise<void> {
    const faulty = this.findings.filter(({ verdict }) => verdict === 'faulty');
    const links = new Set([...faulty.map(({ link }) => link), ...this.#trying]);
    return this.#parts.setSoftwareChecksums([...links]);
  }
}
