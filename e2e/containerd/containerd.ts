import { copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { type Host, LabError, LabProcess, must, waitUntil } from '../lab/index.js';
import { marker } from '../lab/marked.js';
import { configText, defaultHandler, type Folders, foldersIn } from './config.js';
import { Cri } from './cri.js';
import type { ConfigChange, NetworkConfigList } from './network-config.js';
import { buildPauseImage, pauseImage } from './pause-image.js';
import { programs } from './programs.js';
import { Sandbox, type SandboxRequest } from './sandbox.js';

/** Reference plugins that are put beside Poplin's: every pod needs `loopback`, the others are for chains. */
const referencePlugins = ['loopback', 'portmap', 'bandwidth', 'tuning'];

/** How `poplinctl install` calls the network configuration. */
const configFile = '10-poplin.conflist';

/** Names that iptables is called by, by the reference plugins and by containerd. */
const iptablesNames = ['iptables', 'ip6tables'].flatMap((name) =>
  ['', '-save', '-restore'].map((end) => `${name}${end}`),
);

/** What to serve besides the configuration that `poplinctl install` writes, which is the default handler's. */
export type Handlers = Readonly<Record<string, ConfigChange>>;

/** Added to containerd's plain environment, all of which it hands to plugins. */
export type Environment = Readonly<Record<string, string>>;

/**
 * Debian's containerd in the namespace of a host, with everything of its own below the host's folder. It and its shims
 * and sandboxes carry the lab's mark and end with the lab, whatever happens.
 */
export class Containerd {
  readonly host: Host;
  readonly folders: Folders;
  readonly cri: Cri;
  readonly #env: Environment;
  #process: LabProcess;

  private constructor(host: Host, folders: Folders, env: Environment, process: LabProcess) {
    this.host = host;
    this.folders = folders;
    this.cri = new Cri(folders.socket);
    this.#env = env;
    this.#process = process;
  }

  /** Installs Poplin with the real `poplinctl install`, starts containerd, and gives it the image of sandboxes. */
  static async start(
    host: Host,
    handlers: Handlers = {},
    env: Environment = {},
  ): Promise<Containerd> {
    const folders = foldersIn(`${host.folder}/containerd`);
    await mkdir(folders.top);
    await installPoplin(host, folders);
    await installBeside(folders, handlers);
    const names = [defaultHandler, ...Object.keys(handlers)];
    await writeFile(`${folders.top}/config.toml`, configText(folders, pauseImage, names));
    const archive = await buildPauseImage(folders.top, { [marker]: host.labId });
    const process = await startProcess(host, folders, env);
    const containerd = new Containerd(host, folders, env, process);
    await containerd.#waitServing();
    await containerd.ctr('images', 'import', archive);
    // containerd's CRI hears of new images from its own events.
    await waitUntil(`CRI of ${host.name} knows the image`, () =>
      containerd.cri.hasImage(pauseImage),
    );
    return containerd;
  }

  /** Runs a sandbox; what the runtime says when it cannot is thrown as it is. */
  run(request: SandboxRequest): Promise<Sandbox> {
    return Sandbox.run(this.host, this.cri, request);
  }

  /** Runs `poplinctl install`; containerd notices a new network configuration by itself. */
  async install(): Promise<void> {
    await installPoplin(this.host, this.folders);
  }

  /** Process id of containerd. */
  get pid(): number {
    return this.#process.pid;
  }

  /** Path of the network configuration that `poplinctl install` writes. */
  get installedConfig(): string {
    return `${this.folders.networkConfig(defaultHandler)}/${configFile}`;
  }

  /** Runs `poplinctl uninstall`. */
  async uninstall(): Promise<void> {
    await poplinctl(this.host, 'uninstall', this.folders);
  }

  /** Ends containerd, with a signal of choice, and starts it again. Sandboxes live on. */
  async restart(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.#process.stop(signal);
    this.#process = await startProcess(this.host, this.folders, this.#env);
    await this.#waitServing();
  }

  /** Ends containerd; sandboxes live on. */
  async stop(): Promise<void> {
    this.cri[Symbol.dispose]();
    await this.#process.stop();
  }

  /** Runs containerd's own client in the kubelet's namespace of it. */
  ctr(...args: readonly string[]): Promise<string> {
    const { socket } = this.folders;
    return must([`${programs.containerd}/ctr`, '-a', socket, '-n', 'k8s.io', ...args]);
  }

  #waitServing(): Promise<true> {
    return waitUntil(`containerd of ${this.host.name} serves`, async () => {
      if (this.#process.exit) throw new LabError(`containerd ended:\n${this.#process.lastWords()}`);
      return this.cri.version().then(
        () => true as const,
        () => undefined,
      );
    });
  }
}

const installPoplin = (host: Host, folders: Folders): Promise<void> =>
  poplinctl(host, 'install', folders);

async function poplinctl(host: Host, command: string, folders: Folders): Promise<void> {
  const where = {
    '--cni-bin-dir': folders.pluginBin,
    '--cni-conf-dir': folders.networkConfig(defaultHandler),
  };
  const { status, stderr } = await host.poplinctl(command, ...Object.entries(where).flat());
  if (status !== 0) throw new LabError(`poplinctl ${command}: ${stderr}`);
}

/** Puts the reference plugins beside Poplin's, iptables where they find it, and a network configuration for each handler. */
async function installBeside(folders: Folders, handlers: Handlers): Promise<void> {
  for (const name of referencePlugins)
    await copyFile(`${programs.plugins}/${name}`, `${folders.pluginBin}/${name}`);
  await mkdir(`${folders.top}/sbin`);
  for (const name of iptablesNames) await symlink(programs.iptables, `${folders.top}/sbin/${name}`);
  const path = `${folders.networkConfig(defaultHandler)}/${configFile}`;
  const installed = JSON.parse(await readFile(path, 'utf8')) as NetworkConfigList;
  for (const [handler, change] of Object.entries(handlers)) {
    const folder = folders.networkConfig(handler);
    await mkdir(folder);
    await writeFile(`${folder}/${configFile}`, JSON.stringify(change(installed)));
  }
}

function startProcess(host: Host, folders: Folders, env: Environment): Promise<LabProcess> {
  return LabProcess.start({
    name: `containerd ${host.name}`,
    lab: host.labId,
    namespace: host.namespace,
    argv: [`${programs.containerd}/containerd`, '--config', `${folders.top}/config.toml`],
    log: `${folders.top}/containerd.log`,
    env: {
      ...env,
      PATH: [programs.containerd, `${folders.top}/sbin`, process.env.PATH].join(':'),
      XTABLES_LIBDIR: programs.iptablesModules,
    },
  });
}
