import { mkdir, writeFile } from 'node:fs/promises';
import { artifacts } from './artifacts.js';
import { askStatus } from './daemon-status.js';
import { LabError } from './error.js';
import { execute, type Finished } from './execute.js';
import type { Namespace } from './namespace.js';
import { Pod } from './pod.js';
import { type Exit, LabProcess } from './process.js';
import type { PlannedHost } from './underlay-plan.js';
import { type WaitOptions, waitUntil } from './wait.js';

/** How long a daemon may take until it serves, ms. One that ends is noticed at once; three that start on the one processor of user-mode-linux take half a minute. */
const startPatience = 90_000;

/** What makes a host. */
export interface HostOptions {
  readonly labId: string;
  /** Its name, which is that of the node, and its place on the underlay. */
  readonly planned: PlannedHost;
  readonly namespace: Namespace;
  /** Folder of its own, for socket, state, configuration and log. */
  readonly folder: string;
  /** For `--registry`. */
  readonly registry: string;
  /** The Node that runs poplind and poplinctl. */
  readonly node: string;
  /** Configuration file of the daemon. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** A host: a namespace on the underlay with a real poplind in it. */
export class Host {
  readonly labId: string;
  /** Name of the node, for example `n1`. */
  readonly name: string;
  /** Its place on the underlay. */
  readonly planned: PlannedHost;
  readonly namespace: Namespace;
  readonly folder: string;
  readonly registry: string;
  readonly #node: string;
  #daemon: LabProcess | undefined;

  private constructor(options: HostOptions) {
    this.labId = options.labId;
    this.name = options.planned.name;
    this.planned = options.planned;
    this.namespace = options.namespace;
    this.folder = options.folder;
    this.registry = options.registry;
    this.#node = options.node;
  }

  /** Makes the folder and writes the configuration; the daemon is not started yet. */
  static async create(options: HostOptions): Promise<Host> {
    const host = new Host(options);
    await mkdir(options.folder, { mode: 0o700 });
    // YAML 1.2 takes JSON as it is.
    await writeFile(host.configFile, `${JSON.stringify(options.config, undefined, 2)}\n`);
    return host;
  }

  /** Its addresses on the underlay, one of each family. */
  get addresses(): readonly string[] {
    return this.planned.addresses;
  }

  /** The first of its addresses on the underlay: that of IPv4, where it has both. */
  get address(): string {
    return this.planned.addresses[0] ?? '';
  }

  /** Socket of the daemon. */
  get socket(): string {
    return `${this.folder}/poplin.sock`;
  }

  /** Configuration file of the daemon. */
  get configFile(): string {
    return `${this.folder}/poplind.yaml`;
  }

  /** Where the daemon's output goes. */
  get log(): string {
    return `${this.folder}/poplind.log`;
  }

  /** The CNI configuration that a runtime on this host would have. */
  get networkConfig(): Readonly<Record<string, unknown>> {
    return { cniVersion: '1.0.0', name: 'poplin', type: 'poplin', socket: this.socket };
  }

  /** The command line of the daemon. Flags in `changes` replace those of the same name. */
  daemonCommand(changes: Readonly<Record<string, string>> = {}): readonly string[] {
    const flags = {
      '--node-name': this.name,
      '--registry': this.registry,
      '--interface': 'eth0',
      '--socket': this.socket,
      '--state-dir': `${this.folder}/state`,
      '--config': this.configFile,
      '--log-level': 'info',
      '--log-format': 'json',
      ...changes,
    };
    return [this.#node, artifacts.daemon, ...Object.entries(flags).flat()];
  }

  /**
   * Starts the daemon; {@link waitReady} tells when it serves.
   *
   * @param env is added to the lab's plain environment
   */
  async start(env: Readonly<Record<string, string>> = {}): Promise<void> {
    if (this.#daemon?.exit === undefined && this.#daemon)
      throw new LabError(`poplind of ${this.name} runs already, pid ${this.#daemon.pid}`);
    this.#daemon = await LabProcess.start({
      name: `poplind ${this.name}`,
      lab: this.labId,
      namespace: this.namespace,
      argv: this.daemonCommand(),
      log: this.log,
      // Labs have many daemons on few processors.
      env: { POPLIN_REHEARSAL: 'off', ...env },
    });
  }

  /**
   * Waits until the daemon serves; whether it has an address left is another matter.
   *
   * @throws LabError with the end of its log when it ends or does not become ready
   */
  async waitReady(options: WaitOptions = {}): Promise<void> {
    const daemon = this.#running();
    try {
      await waitUntil(
        `poplind of ${this.name} is ready`,
        async () => {
          if (daemon.exit) throw new LabError(`poplind of ${this.name} ended`);
          return (await askStatus(this.socket)) !== undefined;
        },
        { timeoutMs: startPatience, ...options },
      );
    } catch (cause) {
      if (!(cause instanceof LabError)) throw cause;
      throw new LabError(`${cause.message}; its log ends with:\n${daemon.lastWords()}`, { cause });
    }
  }

  /** Process id of the daemon. */
  get pid(): number {
    return this.#running().pid;
  }

  /** Asks the daemon to end: SIGTERM. */
  stop(): Promise<Exit> {
    return this.#running().stop('SIGTERM');
  }

  /** Takes the daemon away: SIGKILL. */
  kill(): Promise<Exit> {
    return this.#running().stop('SIGKILL');
  }

  /** Sends the daemon a signal. */
  signal(signal: NodeJS.Signals): void {
    this.#running().signal(signal);
  }

  /** How the daemon ended; undefined while it runs. */
  get exit(): Exit | undefined {
    return this.#running().exit;
  }

  /** Settles when the daemon has ended. */
  get exited(): Promise<Exit> {
    return this.#running().exited;
  }

  /** Stops the daemon, starts it again and waits until it serves. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
    await this.waitReady();
  }

  /** True while the daemon runs. */
  get isRunning(): boolean {
    return this.#daemon !== undefined && this.#daemon.exit === undefined;
  }

  /** Makes a pod on this host. */
  addPod(name: string): Promise<Pod> {
    return Pod.add(this, name);
  }

  /** Runs poplinctl against this host's daemon. */
  poplinctl(...args: readonly string[]): Promise<Finished> {
    return execute([this.#node, artifacts.cli, '--socket', this.socket, ...args]);
  }

  #running(): LabProcess {
    if (this.#daemon) return this.#daemon;
    throw new LabError(`poplind of ${this.name} was never started`);
  }
}
