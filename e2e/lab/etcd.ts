import { mkdir } from 'node:fs/promises';
import { artifacts } from './artifacts.js';
import { LabError } from './error.js';
import type { Namespace } from './namespace.js';
import { LabProcess } from './process.js';
import { waitUntil } from './wait.js';

/** What a lab needs to know to start its etcd. */
export interface EtcdOptions {
  readonly lab: string;
  readonly namespace: Namespace;
  /** Address on the underlay that clients reach it by. */
  readonly address: string;
  /** Folder for its data and its log; made here. */
  readonly folder: string;
}

/** A real etcd of one member, without TLS. */
export class Etcd {
  /** For `--registry`, for example `etcd://192.168.77.250:2379`. */
  readonly url: string;
  readonly #options: EtcdOptions;
  #process: LabProcess;

  private constructor(options: EtcdOptions, process: LabProcess) {
    this.url = `etcd://${authority(options.address)}`;
    this.#options = options;
    this.#process = process;
  }

  /** Starts it and waits until it answers. */
  static async start(options: EtcdOptions): Promise<Etcd> {
    await mkdir(options.folder);
    const etcd = new Etcd(options, await startProcess(options));
    await etcd.#waitReady();
    return etcd;
  }

  /** Takes it away: SIGKILL, its data stays. */
  async kill(): Promise<void> {
    await this.#process.stop('SIGKILL');
  }

  /** Starts it again on the data it had. */
  async restart(): Promise<void> {
    await this.kill();
    this.#process = await startProcess(this.#options);
    await this.#waitReady();
  }

  #waitReady(): Promise<true> {
    return waitUntil('etcd answers', async () => {
      if (this.#process.exit) throw new LabError(`etcd ended:\n${this.#process.lastWords()}`);
      return isHealthy(this.#options);
    });
  }
}

function startProcess({ lab, namespace, address, folder }: EtcdOptions): Promise<LabProcess> {
  const client = `http://${authority(address)}`;
  const peer = 'http://127.0.0.1:2380';
  const flags = {
    name: 'lab',
    'data-dir': `${folder}/data`,
    'listen-client-urls': client,
    'advertise-client-urls': client,
    'listen-peer-urls': peer,
    'initial-advertise-peer-urls': peer,
    'initial-cluster': `lab=${peer}`,
    logger: 'zap',
    'log-outputs': 'stderr',
  };
  return LabProcess.start({
    name: 'etcd',
    lab,
    namespace,
    argv: [artifacts.etcd, ...Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`)],
    log: `${folder}/etcd.log`,
    // etcd 3.4 starts on arm64 only when asked to by name.
    env: process.arch === 'arm64' ? { ETCD_UNSUPPORTED_ARCH: 'arm64' } : {},
  });
}

/** Address and port as URLs have them: IPv6 in brackets (RFC 3986, section 3.2.2). */
const authority = (address: string): string =>
  `${address.includes(':') ? `[${address}]` : address}:2379`;

/** Asks `/health` from inside the namespace; there is no other way in from outside. */
async function isHealthy({ namespace, address }: EtcdOptions): Promise<true | undefined> {
  const { stdout } = await namespace.execute(['socat', '-t5', '-', `TCP:${authority(address)}`], {
    input: 'GET /health HTTP/1.0\r\n\r\n',
  });
  return stdout.includes('"health":"true"') || undefined;
}
