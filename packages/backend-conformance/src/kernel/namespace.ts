import { randomBytes } from 'node:crypto';
import { type Finished, must, run } from './execute.js';

/** A network namespace with a name of this run's. */
export interface Namespace {
  readonly name: string;
  readonly path: string;
  /** Same as `ip -n NAME …`, words parted by blanks. */
  ip(words: string): Promise<string>;
  /** What `ip -j …` says. */
  observe(words: string): Promise<unknown>;
  /** Runs a command inside. */
  run(command: string, ...args: readonly string[]): Promise<Finished>;
}

/** The namespaces of one test; they are deleted together. */
export class Namespaces implements AsyncDisposable {
  readonly #prefix = `pbc${randomBytes(3).toString('hex')}`;
  readonly #names: string[] = [];

  /** Makes one with `lo` up, without duplicate address detection: addresses are ready at once. */
  async make(role: string): Promise<Namespace> {
    const name = `${this.#prefix}-${role}`;
    await must('ip', 'netns', 'add', name);
    this.#names.push(name);
    const path = `/run/netns/${name}`;
    const namespace: Namespace = {
      name,
      path,
      ip: (words) => must('ip', '-n', name, ...words.split(' ')),
      observe: async (words) =>
        JSON.parse((await must('ip', '-n', name, '-j', ...words.split(' '))) || '[]'),
      run: (command, ...args) => run('nsenter', `--net=${path}`, command, ...args),
    };
    await set(
      namespace,
      ['all', 'default'].map((which) => `net.ipv6.conf.${which}.accept_dad=0`),
    );
    await namespace.ip('link set lo up');
    return namespace;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const name of this.#names.reverse()) await run('ip', 'netns', 'delete', name);
  }
}

/** Lets a namespace forward, with a strict reverse path filter (RFC 3704 §2.2), as some distributions have it. */
export async function forward(namespace: Namespace): Promise<void> {
  await set(namespace, [
    ...['net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1'],
    ...['net.ipv4.conf.all.rp_filter=1', 'net.ipv4.conf.default.rp_filter=1'],
  ]);
}

async function set(namespace: Namespace, settings: readonly string[]): Promise<void> {
  const { status, said } = await namespace.run('sysctl', '-qw', ...settings);
  if (status !== 0) throw new Error(`sysctl in ${namespace.name}: ${said}`);
}
