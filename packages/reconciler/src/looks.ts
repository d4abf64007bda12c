import { describeError, type Log } from '@poplin/net';
import { describeNotice, isForwardProblem } from './nftables/foreign/notice.js';
import type { Report } from './report.js';

/** What {@link Looks} need. */
export interface LooksOptions {
  readonly log: Log;
  /** Time from one look to the next when nothing happens, ms. */
  readonly period: number;
  readonly look: () => Promise<Report>;
}

/** When to look at the kernel next: soon after an event, at the latest after a period. Tells the log what came of it. */
export class Looks implements Disposable {
  readonly #options: LooksOptions;
  #timer: NodeJS.Timeout | undefined;
  #due = Number.POSITIVE_INFINITY;
  #lastProblems = '';
  #lastNotices: readonly string[] = [];
  #closed = false;

  constructor(options: LooksOptions) {
    this.#options = options;
    this.#in(options.period);
  }

  /** Looks in a while. A look that is due earlier stays due then. @param delay - in ms. */
  soon(reason: string, delay: number): void {
    this.#options.log.debug({ reason }, 'the kernel changed');
    this.#in(delay);
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #in(delay: number): void {
    const due = performance.now() + delay;
    if (this.#closed || due >= this.#due) return;
    this.#due = due;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#run(), delay);
    this.#timer.unref();
  }

  async #run(): Promise<void> {
    const { log, look, period } = this.#options;
    this.#due = Number.POSITIVE_INFINITY;
    try {
      this.#tell(await look());
    } catch (error) {
      log.error({ err: error }, `cannot read the kernel: ${describeError(error)}`);
    } finally {
      this.#in(period);
    }
  }

  /** Says what was mended, and what cannot be: the latter once, not at every look. */
  #tell({ changed, failed, notices }: Report): void {
    const { log } = this.#options;
    if (changed.length > failed.length) {
      log.warn({ repaired: changed.slice(0, 20), count: changed.length }, 'repaired the kernel');
    }
    const problems = failed.map(({ error }) => describeError(error)).join('\n');
    if (problems !== '' && problems !== this.#lastProblems) {
      for (const { error } of failed) log.error({ err: error }, describeError(error));
    }
    this.#lastProblems = problems;
    for (const notice of notices) {
      const text = describeNotice(notice);
      if (this.#lastNotices.includes(text)) continue;
      log[isForwardProblem(notice) ? 'warn' : 'info']({ notice }, text);
    }
    this.#lastNotices = notices.map(describeNotice);
  }
}
