import type { BackendHost } from '@poplin/backend';
import type { Log } from '@poplin/net';
import type { z } from 'zod';
import { BackendThread, type Death } from './backend-thread.js';
import { BackendError } from './error.js';
import type { BackendLimits } from './limits.js';
import type { LocatedBackend } from './locate.js';
import { type Message, maxPublished, type Question, startedSchema } from './protocol.js';

/** What a started backend has said of itself. */
export type Started = z.infer<typeof startedSchema>;

/** What {@link Supervisor} works with. */
export interface SupervisorParts {
  readonly backend: LocatedBackend;
  readonly host: BackendHost;
  readonly options: unknown;
  readonly limits: BackendLimits;
  /** Called when the backend says that its plans are others now. */
  readonly onChanged: () => void;
  /** Called when the thread has ended. */
  readonly onDeath: (death: Death) => void;
  /** Called when another thread has taken its place. */
  readonly onRevival: () => void;
}

/**
 * Keeps the thread of a backend alive.
 *
 * | state | leaves it when | goes to |
 * |---|---|---|
 * | up | the thread ends | down, for the backoff |
 * | down | the backoff is over and the backend has started in a new thread | up |
 * | down | it has not started | down, for twice the backoff |
 * | any | stop | stopped |
 */
export class Supervisor {
  readonly #parts: SupervisorParts;
  #thread: BackendThread | undefined;
  #problem: string | undefined;
  #deaths = 0;
  #bornAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #published = '';

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
  }

  /** Why there is no thread; undefined while there is one. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /**
   * Starts the backend for the first time.
   *
   * @throws {BackendError} BACKEND_FAILED in the backend's own words.
   */
  async start(): Promise<Started> {
    const started = await this.#open();
    this.#published = JSON.stringify(started.published);
    return started;
  }

  /** Asks the backend. @throws {BackendError} BACKEND_FAILED, also while there is no thread. */
  ask(question: Question): Promise<unknown> {
    if (this.#thread) return this.#thread.ask(question);
    return Promise.reject(new BackendError('BACKEND_FAILED', this.#problem ?? 'it was stopped'));
  }

  /** Lets the backend end what lives, and ends its thread even if it does not. Never rejects. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    clearTimeout(this.#timer);
    const thread = this.#thread;
    this.#thread = undefined;
    if (!thread) return;
    await thread.ask({ call: 'stop' }).catch((error: unknown) => {
      this.#log.warn({ err: error }, 'a backend did not stop in peace');
    });
    await thread.end();
  }

  get #log(): Log {
    return this.#parts.host.log;
  }

  async #open(): Promise<Started> {
    const { backend, limits, host, options } = this.#parts;
    const thread: BackendThread = new BackendThread({
      type: backend.type,
      entry: backend.entry,
      limits,
      onMessage: (message) => this.#hear(message),
      onDeath: (death) => {
        if (this.#thread === thread) this.#bury(death);
      },
    });
    try {
      const { log: _, ...plain } = host;
      const started = checkStarted(
        backend.type,
        await thread.ask({ call: 'start', host: plain, options }),
      );
      if (this.#stopped) throw new BackendError('BACKEND_FAILED', 'it was stopped');
      this.#thread = thread;
      this.#bornAt = performance.now();
      this.#problem = undefined;
      return started;
    } catch (error) {
      await thread.end();
      throw error;
    }
  }

  #hear(message: Exclude<Message, { id: number }>): void {
    if ('changed' in message) this.#parts.onChanged();
    else
      this.#log[message.log]({ ...message.facts, backend: this.#parts.backend.type }, message.text);
  }

  #bury(death: Death): void {
    const { maxBackoffMs } = this.#parts.limits;
    this.#thread = undefined;
    if (performance.now() - this.#bornAt > maxBackoffMs) this.#deaths = 0;
    this.#reviveLater(death.error);
    this.#parts.onDeath(death);
  }

  #reviveLater(error: BackendError): void {
    const { backoffMs, maxBackoffMs } = this.#parts.limits;
    const delay = Math.min(maxBackoffMs, backoffMs * 2 ** this.#deaths);
    this.#deaths += 1;
    this.#problem = `${error.message}; it is started again in ${delay / 1_000} s`;
    this.#log.error({ err: error, delay }, 'a backend has ended and is started again');
    this.#timer = setTimeout(() => void this.#revive(), delay);
  }

  async #revive(): Promise<void> {
    try {
      const { published } = await this.#open();
      if (JSON.stringify(published) !== this.#published) {
        const type = this.#parts.backend.type;
        this.#problem = `backend ${type} publishes other data since it was started again; restart poplind to publish it`;
      }
      this.#parts.onRevival();
    } catch (error) {
      if (!this.#stopped) this.#reviveLater(error as BackendError);
    }
  }
}

function checkStarted(type: string, answer: unknown): Started {
  const started = startedSchema.safeParse(answer);
  const wrong = started.success ? undefined : started.error.issues[0];
  if (wrong || !started.success) {
    throw new BackendError(
      'BACKEND_FAILED',
      `backend ${type} started with a bad ${wrong?.path.join('.')}: ${wrong?.message}`,
    );
  }
  const { length } = JSON.stringify(started.data.published);
  if (length <= maxPublished) return started.data;
  throw new BackendError(
    'BACKEND_FAILED',
    `backend ${type} publishes ${length} characters; ${maxPublished} are allowed`,
  );
}
