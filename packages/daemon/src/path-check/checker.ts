import { families, type Log } from '@poplin/net';
import type { ChecksumTrials } from './checksum-trials.js';
import { canBeChecked, type Entry, judged, keyOf, newEntry } from './entry.js';
import type { Evidence } from './examine.js';
import type { PathFinding } from './findings.js';
import type { BlindPath, Path } from './path.js';
import { retryDelay } from './retry.js';
import { judge } from './verdict.js';

/** What a {@link PathChecker} works with. */
export interface PathCheckerParts {
  readonly port: number;
  readonly log: Log;
  /** Asks a peer all questions; rejects only when the signal fires. */
  readonly examine: (path: Path, signal: AbortSignal) => Promise<Evidence>;
  readonly trials: ChecksumTrials;
  /** Least time between the beginnings of two checks, ms; 250 by default. */
  readonly pace?: number;
  /** Half of the pause after which a way is checked again that did not work once, ms; 1000 by default. */
  readonly retryUnit?: number;
  /** 0 to 1, as `Math.random`. */
  readonly random?: () => number;
}

/** Checks that may run at a time: each that gets no answer takes some seconds. */
const mostAtOnce = 8;

/**
 * Checks the ways to all peers, each once when it is new or has changed, in random order, a few per second; what does not work, again and
 * again with growing pauses. When all works nothing is done.
 *
 * | way | checked | then |
 * |---|---|---|
 * | new, changed | as soon as its turn comes | works: never again; else after 2 s |
 * | failed once, twice | after 2 s, 4 s | not told: the other end may only be starting |
 * | failed thrice and more | after 8 s, … 10 min | told once, and again when the reason changes |
 * | works after it was told | never again | told |
 */
export class PathChecker implements AsyncDisposable {
  readonly #parts: PathCheckerParts;
  readonly #entries = new Map<string, Entry>();
  readonly #running = new Map<string, Promise<void>>();
  readonly #abort = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #timerAt = 0;
  #lastStart = Number.NEGATIVE_INFINITY;

  constructor(parts: PathCheckerParts) {
    this.#parts = parts;
  }

  /** What is known of all ways. */
  get findings(): readonly PathFinding[] {
    return [...this.#entries.values()].map(({ finding }) => finding);
  }

  /** Takes the ways to a peer that there are now, none when it is gone. Those that are as before keep what is known of them. */
  set(peer: string, paths: readonly (Path | BlindPath)[]): void {
    const now = Date.now();
    for (const family of families) {
      const key = keyOf({ peer, family });
      const path = paths.find((each) => each.family === family);
      const before = this.#entries.get(key);
      if (before && path && samePath(before.path, path)) continue;
      if (path) this.#entries.set(key, newEntry(path, now));
      else this.#entries.delete(key);
    }
    this.#wake(now);
  }

  /** Checks all ways by a link again. */
  again(link: string): void {
    for (const [key, entry] of this.#entries) {
      if (entry.path.link !== link || !canBeChecked(entry.path)) continue;
      this.#entries.set(key, { ...entry, failures: 0, due: Date.now() });
    }
    this.#wake(Date.now());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    clearTimeout(this.#timer);
    await Promise.allSettled(this.#running.values());
  }

  /** Sees to it that something is due by then. Costs the same however many ways there are. */
  #wake(due: number): void {
    if (this.#abort.signal.aborted || this.#running.size >= mostAtOnce) return;
    const at = Math.max(due, this.#lastStart + (this.#parts.pace ?? 250));
    if (this.#timer !== undefined && this.#timerAt <= at) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    // Not `unref`: what holds the daemon up is its server; what holds a test up is what it waits for.
    this.#timer = setTimeout(() => this.#turn(), Math.max(0, at - Date.now()));
  }

  /** Finds out when the next way is due. */
  #schedule(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    let soonest = Number.POSITIVE_INFINITY;
    for (const [key, { due = soonest }] of this.#entries) {
      if (due < soonest && !this.#running.has(key)) soonest = due;
    }
    if (soonest !== Number.POSITIVE_INFINITY) this.#wake(soonest);
  }

  #turn(): void {
    const now = Date.now();
    const due = [...this.#entries].filter(
      ([key, entry]) => entry.due !== undefined && entry.due <= now && !this.#running.has(key),
    );
    const random = this.#parts.random ?? Math.random;
    const [key, entry] = due[Math.floor(random() * due.length)] ?? [];
    if (key !== undefined && entry && canBeChecked(entry.path)) {
      this.#lastStart = now;
      const checking = this.#check(key, entry, entry.path).finally(() => {
        this.#running.delete(key);
        this.#schedule();
      });
      this.#running.set(key, checking);
    }
    this.#schedule();
  }

  async #check(key: string, entry: Entry, path: Path): Promise<void> {
    const { examine, trials, port, retryUnit, random = Math.random } = this.#parts;
    const { signal } = this.#abort;
    try {
      let verdict = judge(path, await examine(path, signal), port);
      if (verdict.kind === 'fails' && verdict.fault === 'checksum' && path.tunnel) {
        const helped = await trials.run(path, async () => {
          verdict = judge(path, await examine(path, signal), port);
          return !(verdict.kind === 'fails' && verdict.fault === 'checksum');
        });
        if (helped) this.again(path.link);
      }
      // It may have changed or gone meanwhile; then this says nothing.
      if (this.#entries.get(key)?.path !== entry.path) return;
      const next = Date.now() + retryDelay(entry.failures + 1, random, retryUnit);
      const after = judged(entry, verdict, next);
      this.#entries.set(key, after);
      this.#tell(entry.finding, after.finding);
    } catch (error) {
      if (!signal.aborted) this.#parts.log.error({ err: error, ...path }, 'path check failed');
      const current = this.#entries.get(key);
      if (current) this.#entries.set(key, { ...current, due: Date.now() + 60_000 });
    }
  }

  #tell(before: PathFinding, { verdict, reason, ...facts }: PathFinding): void {
    if (before.verdict === verdict && before.reason === reason) return;
    const { log } = this.#parts;
    if (verdict === 'fails') log.warn(facts, reason);
    else if (verdict === 'unknown') log.info(facts, reason);
    else if (before.verdict !== 'pending') {
      log.info(
        facts,
        `packets get through to node ${facts.peer} by ${facts.link} (${facts.family})`,
      );
    }
  }
}

function samePath(a: Path | BlindPath, b: Path | BlindPath): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
