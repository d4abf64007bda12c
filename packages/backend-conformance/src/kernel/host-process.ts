import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { NetworkView, Peer } from '@poplin/backend';
import { hostOf, pools } from '../plans/example-network.js';
import type { Answer, Applied, Command, Looked, Started } from './protocol.js';
import type { UnderlayHost } from './underlay.js';

/** Runs from what is built, be this file the source or not: a child process runs no TypeScript. */
const main = fileURLToPath(new URL('../../dist/kernel/host-main.js', import.meta.url));

/** A host with the backend at work, in a process of its own inside the host's namespace. */
export class HostProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #view: NetworkView;
  #busy: Promise<unknown> = Promise.resolve();

  private constructor(child: ChildProcess, view: NetworkView) {
    this.#child = child;
    this.#view = view;
  }

  /** Starts the process and the backend in it. @throws {Error} in the words of the backend. */
  static async start(
    { number, namespace, underlay }: UnderlayHost,
    entry: URL,
    options: unknown,
  ): Promise<[HostProcess, Started]> {
    const child = fork(main, [], {
      execPath: 'nsenter',
      execArgv: [`--net=${namespace.path}`, process.execPath],
      env: plainEnvironment(),
      serialization: 'json',
    });
    const host = new HostProcess(child, { underlay, pools });
    const { log: _, ...plain } = { ...hostOf(number), underlay };
    try {
      const started = await host.#tell({ does: 'start', entry: entry.href, host: plain, options });
      return [host, started as Started];
    } catch (error) {
      await host[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Plans for these peers and applies that. */
  async apply(peers: readonly Peer[]): Promise<Applied> {
    return (await this.#tell({ does: 'apply', peers, view: this.#view })) as Applied;
  }

  /** Looks at the kernel, and mends it. */
  async look(): Promise<Looked> {
    return (await this.#tell({ does: 'look' })) as Looked;
  }

  /**
   * Ends as the daemon ends: the kernel stays.
   *
   * @throws {Error} when the backend has left something alive: the process would end otherwise.
   */
  async stop(): Promise<void> {
    const ended = this.#ended().then(() => true);
    await this.#tell({ does: 'stop' });
    const patience = sleep(10_000, false, { ref: false });
    if (await Promise.race([ended, patience])) return;
    await this[Symbol.asyncDispose]();
    throw new Error(
      '10 s after stop, something of the backend is still alive: a timer, a socket, a thread',
    );
  }

  /** Takes the process away, if it is still there. */
  async [Symbol.asyncDispose](): Promise<void> {
    const ended = this.#ended();
    this.#child.kill('SIGKILL');
    await ended;
  }

  async #ended(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null)
      await once(this.#child, 'exit');
  }

  /** One after the other: answers bear no number. */
  #tell(command: Command): Promise<unknown> {
    const answer = this.#busy.then(() => this.#ask(command));
    this.#busy = answer.catch(() => {});
    return answer;
  }

  async #ask(command: Command): Promise<unknown> {
    const told = new AbortController();
    const answered = once(this.#child, 'message', { signal: told.signal });
    const gone = this.#ended().then((): never => {
      throw new Error(`the process of a host has ended (${command.does})`);
    });
    this.#child.send(command);
    try {
      const [answer] = (await Promise.race([answered, gone])) as [Answer];
      if ('error' in answer) throw new Error(answer.error);
      return answer.value;
    } finally {
      gone.catch(() => {});
      answered.catch(() => {});
      told.abort();
    }
  }
}

/** The environment of the tests, without what changes how Node and vitest run. */
function plainEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(NODE_|VITEST|VITE_)/.test(name)),
  );
}
