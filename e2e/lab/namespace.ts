import { type ExecuteOptions, execute, type Finished, ipBatch, must } from './execute.js';

/** Where iproute2 keeps named network namespaces. */
export const namespaceFolder = '/run/netns';

/**
 * A named network namespace. What the lab runs inside is started with `nsenter --net`, never with `ip netns exec`:
 * that one makes a mount namespace too, in which namespaces that are named later cannot be seen.
 */
export class Namespace {
  /** Name as in `ip netns list`. */
  readonly name: string;

  private constructor(name: string) {
    this.name = name;
  }

  /** Makes a namespace with `lo` up. Same as `ip netns add NAME; ip -n NAME link set lo up`. */
  static async create(name: string): Promise<Namespace> {
    await must(['ip', 'netns', 'add', name]);
    await ipBatch(['link set lo up'], name);
    return new Namespace(name);
  }

  /** The file that stands for the namespace. */
  get path(): string {
    return `${namespaceFolder}/${this.name}`;
  }

  /** The command line that runs a command inside. */
  enter(argv: readonly string[]): readonly string[] {
    return ['nsenter', `--net=${this.path}`, '--', ...argv];
  }

  /** Runs a command inside to its end, whatever that is. */
  execute(argv: readonly string[], options?: ExecuteOptions): Promise<Finished> {
    return execute(this.enter(argv), options);
  }

  /**
   * Runs a command inside that has to succeed.
   *
   * @returns what it printed
   * @throws LabError with what it said, when it does not exit 0
   */
  must(argv: readonly string[], options?: ExecuteOptions): Promise<string> {
    return must(this.enter(argv), options);
  }

  /** Runs lines of `ip` inside, all or up to the first that fails. */
  configure(lines: readonly string[]): Promise<void> {
    return ipBatch(lines, this.name);
  }

  /** What `ip -j …` says inside. */
  async observe(...args: readonly string[]): Promise<unknown> {
    return JSON.parse((await must(['ip', '-n', this.name, '-j', ...args])) || '[]');
  }

  /** The addresses of global scope that are configured inside, without their prefix length. */
  async addresses(): Promise<readonly string[]> {
    const links = (await this.observe('address', 'show')) as readonly LinkAddresses[];
    const addresses = links.flatMap((link) => link.addr_info ?? []);
    return addresses.filter(({ scope }) => scope === 'global').map(({ local }) => local);
  }

  /** Removes the name; the namespace itself goes with its last process. Same as `ip netns del NAME`. */
  async remove(): Promise<void> {
    await must(['ip', 'netns', 'del', this.name]);
  }
}

/** What `ip -j address show` says of a link, as far as it is used here. */
interface LinkAddresses {
  readonly addr_info?: readonly { readonly local: string; readonly scope: string }[];
}
