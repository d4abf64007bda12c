import { describeError, type Log } from '@poplin/net';
import { Timers } from './timers.js';

/** First and longest pause before another try, ms. It costs little, and nobody tells when a module or a port is there again. */
const pauses = { first: 1000, longest: 30_000 } as const;

/**
 * What keeps the backend that the cluster wants from work: told once, however often it is tried, and tried again after 1 s, 2 s, 4 s, …
 * 30 s until it is over.
 */
export class Setback {
  readonly #log: Log;
  readonly #timers = new Timers<'again'>();
  #sentence: string | undefined;
  #tries = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  /** What is wrong; `undefined` when nothing is. */
  get sentence(): string | undefined {
    return this.#sentence;
  }

  /**
   * Takes note of a failure.
   *
   * @param what - what does not work: the beginning of the sentence.
   * @param again - what is to be tried; nothing is where it is absent.
   * @returns the sentence, when it is another one than before.
   */
  note(what: string, error: unknown, again: (() => void) | undefined): string | undefined {
    this.#schedule(again);
    const sentence = `${what}: ${describeError(error)}`;
    if (this.#sentence !== undefined && essenceOf(sentence) === essenceOf(this.#sentence)) return;
    this.#log.error({ err: error }, sentence);
    this.#sentence = sentence;
    return sentence;
  }

  /** It is over. */
  clear(): void {
    this.#sentence = undefined;
    this.#tries = 0;
    this.rest();
  }

  /** Tries no more by itself. */
  rest(): void {
    this.#timers.stop('again');
  }

  #schedule(again: (() => void) | undefined): void {
    this.rest();
    if (!again) return;
    const pause = Math.min(pauses.longest, pauses.first * 2 ** Math.min(this.#tries, 10));
    this.#timers.start('again', pause, again);
    this.#tries++;
  }
}

/** A sentence without the index of a link, which is another one for each try. */
const essenceOf = (sentence: string): string => sentence.replace(/#\d+/g, '#');
