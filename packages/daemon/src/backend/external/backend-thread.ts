import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { describeError } from '@poplin/net';
import { BackendError } from './error.js';
import type { BackendLimits } from './limits.js';
import { type Call, type Message, messageSchema, type Question } from './protocol.js';
import { Watchdog } from './watchdog.js';

/** The built file also for tests that run from source: Node 20 cannot start a thread with TypeScript. */
const threadMain = (): string => createRequire(import.meta.url).resolve('#backend-thread');

/** What {@link BackendThread} works with. */
export interface ThreadParts {
  /** Name of the backend. */
  readonly type: string;
  /** The module to load, absolute. */
  readonly entry: string;
  readonly limits: BackendLimits;
  /** Hears of lines for the log, and that plans have changed. */
  readonly onMessage: (message: Exclude<Message, { id: number }>) => void;
  /** Called once when the thread has ended by itself, or had to be ended. */
  readonly onDeath: (death: Death) => void;
}

/** How a thread ended. */
export interface Death {
  readonly error: BackendError;
  /** What it worked on: the oldest question without an answer. */
  readonly during?: Question;
}

interface Waiting {
  readonly question: Question;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: BackendError) => void;
}

/**
 * A thread with the backend of somebody else in it. Whatever happens inside, this side sees answers, errors and an end. A thread is no
 * sandbox: it keeps the backend's mistakes away from the daemon, not its malice.
 */
export class BackendThread {
  readonly #parts: ThreadParts;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #waiting = new Map<number, Waiting>();
  readonly #watchdog: Watchdog;
  #lastId = 0;
  #ended = false;

  constructor(parts: ThreadParts) {
    this.#parts = parts;
    const { entry, limits, type } = parts;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#watchdog = new Watchdog((ms) => this.#die(`did not answer for ${ms / 1_000} s`));
    this.#worker = new Worker(threadMain(), {
      name: `poplin-backend ${type}`,
      workerData: { entry: pathToFileURL(entry).href, maxAnswer: limits.maxAnswer, port: port2 },
      transferList: [port2],
      execArgv: [],
      argv: [],
      // Passwords of the registry may be in the daemon's.
      env: { ...(process.env.PATH !== undefined && { PATH: process.env.PATH }) },
      stdin: false,
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: limits.heapMib, maxYoungGenerationSizeMb: 32 },
    });
    // What Node itself writes there; the backend's own goes to the log (thread/main.ts).
    this.#worker.stdout.resume();
    this.#worker.stderr.resume();
    this.#worker.on('error', (error) => this.#die(deathOf(error, limits)));
    this.#worker.on('exit', (code) => this.#die(`ended its thread with process.exit(${code})`));
    this.#port.on('message', (text: unknown) => this.#receive(text));
  }

  /**
   * Asks the backend something.
   *
   * @throws {BackendError} BACKEND_FAILED with its own words when it throws, or when its thread ends before it has answered.
   */
  ask(question: Question): Promise<unknown> {
    if (this.#ended) return Promise.reject(this.#failure('has ended'));
    this.#lastId += 1;
    const id = this.#lastId;
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(id, { question, resolve, reject });
    });
    this.#port.postMessage(JSON.stringify({ id, ...question }));
    // Another question gives those before it no more time.
    if (this.#waiting.size === 1) this.#watch();
    return answer;
  }

  /** Ends the thread, whatever it does; {@link ThreadParts.onDeath} is not called. */
  async end(): Promise<void> {
    if (this.#ended) return;
    this.#close(this.#failure('was ended'));
    await this.#worker.terminate();
  }

  #receive(text: unknown): void {
    const message = parseMessage(text);
    if (message === undefined) this.#die('sent something that is no answer');
    else if (!('id' in message)) this.#parts.onMessage(message);
    else this.#settle(message);
  }

  #settle(message: Extract<Message, { id: number }>): void {
    const waiting = this.#waiting.get(message.id);
    if (!waiting) return;
    this.#waiting.delete(message.id);
    this.#watch();
    if (message.ok) waiting.resolve(message.value);
    else waiting.reject(this.#failure(`${wordsOf(waiting.question.call)}: ${message.error}`));
  }

  /** Each answer begins the time anew: five thousand plans may take longer than one. */
  #watch(): void {
    const { answerMs, startMs } = this.#parts.limits;
    const [oldest] = this.#waiting.values();
    if (oldest === undefined) this.#watchdog.rest();
    else this.#watchdog.start(slowCalls.has(oldest.question.call) ? startMs : answerMs);
  }

  #die(reason: string): void {
    if (this.#ended) return;
    const [oldest] = this.#waiting.values();
    const words = oldest === undefined ? '' : ` (${wordsOf(oldest.question.call)})`;
    const error = this.#failure(`${reason}${words}`);
    this.#close(error);
    void this.#worker.terminate();
    this.#parts.onDeath({ error, ...(oldest && { during: oldest.question }) });
  }

  #close(error: BackendError): void {
    this.#ended = true;
    this.#watchdog.rest();
    this.#port.close();
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  #failure(what: string): BackendError {
    return new BackendError('BACKEND_FAILED', `backend ${this.#parts.type} ${what}`);
  }
}

/** Loading and starting may wait for others: a session, a device. */
const slowCalls: ReadonlySet<Call> = new Set(['describe', 'options', 'start']);

function wordsOf(call: Call): string {
  return call === 'describe' ? 'is not usable' : `fails in ${call}`;
}

function parseMessage(text: unknown): Message | undefined {
  try {
    return messageSchema.parse(JSON.parse(String(text)));
  } catch {
    return undefined;
  }
}

function deathOf(error: unknown, { heapMib }: BackendLimits): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') return `took more than ${heapMib} MiB of memory`;
  return `threw an error that nobody caught: ${describeError(error)}`;
}
