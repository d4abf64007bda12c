import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from './error.js';
import { plainEnvironment } from './execute.js';
import { marker } from './marked.js';
import type { Namespace } from './namespace.js';

/** How a process ended. */
export interface Exit {
  /** Exit status; null when a signal ended it. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What to start, and where its words go. */
export interface LabProcessOptions {
  /** A word for messages, for example `poplind n1`. */
  readonly name: string;
  /** Id of the lab that it belongs to. */
  readonly lab: string;
  /** Where it runs. */
  readonly namespace: Pick<Namespace, 'enter'>;
  readonly argv: readonly string[];
  /** File that its output is appended to. */
  readonly log: string;
  /** Added to the lab's plain environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * A long-lived process inside a namespace, in a session of its own: Ctrl-C on the lab's terminal does not reach
 * it, and it outlives the lab's owner. It carries the lab's mark, by which a later run finds it.
 */
export class LabProcess {
  readonly name: string;
  readonly pid: number;
  /** Settles when the process has ended. Does not keep Node's event loop alive. */
  readonly exited: Promise<Exit>;
  readonly #log: string;
  #exit: Exit | undefined;

  private constructor(options: LabProcessOptions, child: ChildProcess, pid: number) {
    this.name = options.name;
    this.#log = options.log;
    this.pid = pid;
    this.exited = new Promise((resolve) => {
      child.on('exit', (status, signal) => {
        this.#exit = { status, signal };
        resolve(this.#exit);
      });
    });
    child.unref();
  }

  /** Starts it; `nsenter` execs, so that the pid is that of the program. */
  static async start(options: LabProcessOptions): Promise<LabProcess> {
    const [file = '', ...args] = options.namespace.enter(options.argv);
    const log = openSync(options.log, 'a');
    try {
      const child = spawn(file, args, {
        detached: true,
        stdio: ['ignore', log, log],
        env: { ...plainEnvironment, ...options.env, [marker]: options.lab },
      });
      const { pid } = child;
      if (pid !== undefined) return new LabProcess(options, child, pid);
      const cause = await new Promise<unknown>((resolve) => child.on('error', resolve));
      throw new LabError(`${options.name} cannot be started`, { cause });
    } finally {
      closeSync(log);
    }
  }

  /** How it ended; undefined while it runs. */
  get exit(): Exit | undefined {
    return this.#exit;
  }

  /** Sends a signal; nothing happens when it has ended. */
  signal(signal: NodeJS.Signals): void {
    if (this.#exit === undefined) process.kill(this.pid, signal);
  }

  /**
   * Sends a signal and waits for the end; after the time of grace SIGKILL follows.
   *
   * @returns how it ended: the signal is SIGKILL when it did not heed the one sent
   */
  async stop(signal: NodeJS.Signals = 'SIGTERM', graceMs = 10_000): Promise<Exit> {
    this.signal(signal);
    const exit = await this.#exitWithin(graceMs);
    if (exit) return exit;
    this.signal('SIGKILL');
    const killed = await this.#exitWithin(graceMs);
    if (killed) return killed;
    throw new LabError(`${this.name} (pid ${this.pid}) does not end, not even by SIGKILL`);
  }

  /** The last lines that it wrote. */
  lastWords(lines = 20): string {
    return readFileSync(this.#log, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  }

  async #exitWithin(ms: number): Promise<Exit | undefined> {
    const abort = new AbortController();
    const timeout = sleep(ms, undefined, { signal: abort.signal }).catch(() => undefined);
    try {
      return await Promise.race([this.exited, timeout]);
    } finally {
      abort.abort();
    }
  }
}
