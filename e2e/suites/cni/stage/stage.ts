import { existsSync } from 'node:fs';
import { expect } from 'vitest';
import {
  type Accounts,
  artifacts,
  type CniCommand,
  type CniFailure,
  type Container,
  callPlugin,
  describeAnswer,
  execute,
  type Host,
  imbalanceSince,
  Lab,
  LabError,
  type LabOptions,
  LabProcess,
  makeContainer,
  Namespace,
  type PluginAnswer,
  type PluginCall,
  readAccounts,
} from '../../../lab/index.js';
import { type CniResult, refusalOf, resultOf } from './result.js';
import type { CniVersion } from './version.js';

/** A container as a scenario sees it: an id, a namespace of its own, and the interface that is asked for. */
export interface Subject {
  readonly container: Container;
  readonly namespace: Namespace;
  readonly ifname: string;
}

/** A network configuration as it goes to the plugin. */
export type NetworkConfig = Readonly<Record<string, unknown>>;

/** What a scenario may change about a call. */
export type CallChange = Partial<Omit<PluginCall, 'command' | 'plugin' | 'container'>>;

/**
 * Where scenarios play: one lab host with a real poplind, and the plugin where `poplinctl install` has put it.
 * {@link cleanUp} after each scenario takes away whatever it made and checks that the accounts of the host balance.
 */
export class Stage implements AsyncDisposable {
  readonly lab: Lab;
  readonly host: Host;
  /** The installed plugin. */
  readonly plugin: string;
  readonly #before: Accounts;
  #count = 0;
  readonly #subjects = new Set<Subject>();
  readonly #processes: LabProcess[] = [];

  private constructor(lab: Lab, plugin: string, before: Accounts) {
    this.lab = lab;
    this.host = lab.host('n1');
    this.plugin = plugin;
    this.#before = before;
  }

  /** Makes the lab, installs, and takes the accounts: what differs from them after a scenario, it has leaked. */
  static async create(options: Partial<LabOptions> = {}): Promise<Stage> {
    const lab = await Lab.create({ nodes: 1, ...options, start: false });
    try {
      const host = lab.host('n1');
      if (options.pools?.some(({ cidr }) => cidr.includes(':'))) await speakIpv6(lab);
      await lab.startDaemons();
      const [binDir, confDir] = [`${lab.folder}/bin`, `${lab.folder}/net.d`];
      const install = ['install', '--cni-bin-dir', binDir, '--cni-conf-dir', confDir];
      const { status, stderr } = await execute([
        ...[process.execPath, artifacts.cli, '--socket', host.socket],
        ...install,
      ]);
      if (status !== 0) throw new LabError(`poplinctl ${install.join(' ')}: ${stderr}`);
      return new Stage(lab, `${binDir}/poplin`, await readAccounts(host));
    } catch (error) {
      await lab[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Makes a container in a namespace of its own, or one that shares the namespace of another. */
  async subject(shared?: Namespace): Promise<Subject> {
    const name = `s${++this.#count}`;
    const namespace = shared ?? (await Namespace.create(`${this.lab.id}-${name}`));
    const subject = { container: makeContainer(name), namespace, ifname: 'eth0' };
    this.#subjects.add(subject);
    return subject;
  }

  /** The same container with another interface. */
  sibling(subject: Subject, ifname: string): Subject {
    const sibling = { ...subject, ifname };
    this.#subjects.add(sibling);
    return sibling;
  }

  /** The network configuration of the host in a version, with changes. */
  config(cniVersion: CniVersion | (string & {}), change: NetworkConfig = {}): NetworkConfig {
    return { ...this.host.networkConfig, cniVersion, ...change };
  }

  /** Calls the installed plugin as a runtime of the host would. */
  call(
    command: CniCommand,
    subject: Subject,
    config: unknown,
    change: CallChange = {},
  ): Promise<PluginAnswer> {
    return callPlugin({
      plugin: this.plugin,
      command,
      host: this.host.namespace,
      container: subject.container,
      netns: subject.namespace.path,
      ifname: subject.ifname,
      config,
      ...change,
    });
  }

  /** An ADD that has to succeed. */
  async add(subject: Subject, config: unknown, change?: CallChange): Promise<CniResult> {
    return resultOf(await this.call('ADD', subject, config, change));
  }

  /** A DEL that has to succeed: by the specification it prints nothing. */
  del(subject: Subject, config: unknown, change?: CallChange): Promise<void> {
    return this.succeed('DEL', subject, config, change);
  }

  /** A command without a result that has to succeed. */
  async succeed(
    command: CniCommand,
    subject: Subject,
    config: unknown,
    change?: CallChange,
  ): Promise<void> {
    const answer = await this.call(command, subject, config, change);
    expect(answer.status, `${command}: ${describeAnswer(answer)}`).toBe(0);
    expect(answer.stdout).toBe('');
  }

  /** A command that has to be refused, with one JSON error on standard output. */
  async refuse(
    command: CniCommand,
    subject: Subject,
    config: unknown,
    change?: CallChange,
  ): Promise<CniFailure> {
    return refusalOf(await this.call(command, subject, config, change));
  }

  /** Checks that the accounts are what they were at the beginning, at the latest a moment after the last DEL. */
  async expectBalance(): Promise<void> {
    const differences = await imbalanceSince(this.#before, this.host);
    expect(differences.join('\n')).toBe('');
  }

  /** Starts a program that ends with the scenario, in a namespace. */
  async start(namespace: Namespace, argv: readonly string[]): Promise<LabProcess> {
    const process = await LabProcess.start({
      name: argv[0] ?? '',
      lab: this.lab.id,
      namespace,
      argv,
      log: `${this.lab.folder}/programs.log`,
    });
    this.#processes.push(process);
    return process;
  }

  /** Ends what a scenario made, as the runtime would: daemon back, DEL of every container, namespaces gone. */
  async cleanUp(): Promise<void> {
    const subjects = [...this.#subjects].reverse();
    this.#subjects.clear();
    await Promise.all(this.#processes.splice(0).map((one) => one.stop('SIGKILL')));
    if (!this.host.isRunning) await this.host.start();
    await this.host.waitReady();
    await Promise.all(subjects.map((subject) => this.del(subject, this.config('1.0.0'))));
    for (const namespace of new Set(subjects.map((subject) => subject.namespace)))
      if (existsSync(namespace.path)) await namespace.remove();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lab[Symbol.asyncDispose]();
  }
}

/** The addresses of the underlay in IPv6: hosts end in their number, the outsider in c8 like its IPv4 address. */
export const ipv6Underlay = { host: 'fd77::1', outside: 'fd77::c8' } as const;

/** Gives the host and its neighbour addresses of IPv6, before the daemon looks for one. */
async function speakIpv6(lab: Lab): Promise<void> {
  const add = (address: string): readonly string[] => [
    ...['ip', 'address', 'add', `${address}/64`, 'dev', 'eth0', 'nodad'],
  ];
  await lab.host('n1').namespace.must(add(ipv6Underlay.host));
  await lab.outside.namespace.must(add(ipv6Underlay.outside));
}
