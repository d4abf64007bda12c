import type { Question } from './protocol.js';

/** Where the answer to a question stands. */
interface Entry<T> {
  readonly question: Question;
  /** The question as text: equal questions have equal answers. */
  readonly text: string;
  /** The last good answer, perhaps to an earlier question. */
  good?: { readonly text: string; readonly value: T };
  /** Settles when the question has been answered or has failed; absent when it is not on its way. */
  pending?: Promise<void>;
  /** Why there is no good answer to the question. */
  failure?: string;
}

/** Where the answers come from. */
export interface AnswersParts<T> {
  readonly ask: (question: Question) => Promise<unknown>;
  /** Makes an answer out of what came back. @throws when it is none. */
  readonly check: (answer: unknown, question: Question) => T;
  /** Called when an answer to a present question has come, or a failure. */
  readonly onAnswer: () => void;
}

/**
 * The last good answers of a backend by what they are about, and questions on their way. An answer to an earlier question stands until that to
 * the present one is there. What failed is not asked again until the question changes or {@link retry}: equal questions, equal answers.
 */
export class Answers<T> {
  readonly #parts: AnswersParts<T>;
  readonly #entries = new Map<string, Entry<T>>();

  constructor(parts: AnswersParts<T>) {
    this.#parts = parts;
  }

  /** Asks a question, unless it has been. */
  want(key: string, question: Question): void {
    const text = JSON.stringify(question);
    const known = this.#entries.get(key);
    if (known?.text === text && (known.pending || known.failure || known.good?.text === text))
      return;
    const entry: Entry<T> = { question, text, ...(known?.good && { good: known.good }) };
    this.#entries.set(key, entry);
    entry.pending = this.#fetch(entry);
  }

  /** The last good answer, perhaps to an earlier question. */
  good(key: string): T | undefined {
    return this.#entries.get(key)?.good?.value;
  }

  /** Takes an answer as good that came without a question. */
  put(key: string, question: Question, value: T): void {
    const text = JSON.stringify(question);
    this.#entries.set(key, { question, text, good: { text, value } });
  }

  /** Why there is no good answer to the present question: undefined when there is, or when it is on its way. */
  failure(key: string): string | undefined {
    return this.#entries.get(key)?.failure;
  }

  /** All failures, and whether an earlier answer stands in. */
  get failures(): readonly {
    readonly key: string;
    readonly reason: string;
    readonly stands: boolean;
  }[] {
    return [...this.#entries].flatMap(([key, { failure, good }]) =>
      failure === undefined ? [] : [{ key, reason: failure, stands: good !== undefined }],
    );
  }

  /** Settles when no question of these is on its way. @returns whether all have good answers. */
  async settled(keys: readonly string[]): Promise<boolean> {
    await Promise.all(keys.map((key) => this.#entries.get(key)?.pending));
    return keys.every((key) => {
      const entry = this.#entries.get(key);
      return entry?.good !== undefined && entry.good.text === entry.text;
    });
  }

  /** Forgets what is about others than these. */
  keep(isKept: (key: string) => boolean): void {
    for (const key of this.#entries.keys()) if (!isKept(key)) this.#entries.delete(key);
  }

  /** Asks again what failed. */
  retry(): void {
    for (const entry of this.#entries.values()) {
      if (entry.failure === undefined || entry.pending) continue;
      delete entry.failure;
      entry.pending = this.#fetch(entry);
    }
  }

  /** Asks everything again: the answers may be others now. Those that are there stand until then. */
  refresh(): void {
    for (const [key, { question, good }] of [...this.#entries]) {
      const stale = good && { good: { text: '', value: good.value } };
      const entry: Entry<T> = { question, text: JSON.stringify(question), ...stale };
      this.#entries.set(key, entry);
      entry.pending = this.#fetch(entry);
    }
  }

  /** Looks at the answers that are there once more: what they are checked against has changed. */
  recheck(): void {
    for (const entry of this.#entries.values()) {
      if (!entry.good) continue;
      try {
        this.#parts.check(entry.good.value, entry.question);
      } catch (error) {
        delete entry.good;
        entry.failure = reasonOf(error);
      }
    }
  }

  async #fetch(entry: Entry<T>): Promise<void> {
    try {
      const value = this.#parts.check(await this.#parts.ask(entry.question), entry.question);
      entry.good = { text: entry.text, value };
      delete entry.failure;
    } catch (error) {
      entry.failure = reasonOf(error);
    }
    delete entry.pending;
    this.#parts.onAnswer();
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
