import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** A real etcd with one member, on loopback, its data in a temporary folder. */
export interface EtcdServer extends AsyncDisposable {
  readonly endpoint: string;
  start(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** SIGSTOP: connections stand, nothing answers. */
  freeze(): void;
  /** SIGCONT. */
  thaw(): void;
}

const packagedBinary = resolve(
  import.meta.dirname,
  '../../../../.cache/debian/etcd-server/usr/bin/etcd',
);

/** Path of the etcd binary. Throws where there is none: a test that needs it must not pass without. */
function etcdBinary(): string {
  // biome-ignore lint/complexity/useLiteralKeys: index signature
  const path = process.env['POPLIN_ETCD'] ?? packagedBinary;
  try {
    accessSync(path, constants.X_OK);
    return path;
  } catch (cause) {
    const advice = 'run "npm run setup", or set POPLIN_ETCD to the path of an etcd binary';
    throw new Error(`no etcd at ${path}: ${advice}`, { cause });
  }
}

/** Paths of the PEM files with which an etcd serves TLS and demands certificates of its clients. */
export interface EtcdTls {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Prepares an etcd on a free port; `start` brings it up, again and again with the same port and data. */
export async function createEtcdServer(tls?: EtcdTls): Promise<EtcdServer> {
  const binary = etcdBinary();
  const data = await mkdtemp(join(tmpdir(), 'poplin-etcd-'));
  const [clientPort, peerPort] = [await freePort(), await freePort()];
  const clientUrl = `${tls ? 'https' : 'http'}://127.0.0.1:${clientPort}`;
  const peerUrl = `http://127.0.0.1:${peerPort}`;
  const args = [
    ...['--name', 'test', '--data-dir', data, '--log-level', 'error'],
    ...['--listen-client-urls', clientUrl, '--advertise-client-urls', clientUrl],
    ...['--listen-peer-urls', peerUrl, '--initial-advertise-peer-urls', peerUrl],
    ...['--initial-cluster', `test=${peerUrl}`],
    ...(tls ? ['--client-cert-auth', '--trusted-ca-file', tls.ca] : []),
    ...(tls ? ['--cert-file', tls.cert, '--key-file', tls.key] : []),
  ];
  let child: ChildProcess | undefined;
  const kill = async (): Promise<void> => {
    const running = child;
    child = undefined;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const exited = once(running, 'exit');
    running.kill('SIGKILL');
    await exited;
  };
  return {
    endpoint: `127.0.0.1:${clientPort}`,
    async start() {
      child = spawn(binary, args, {
        stdio: 'ignore',
        env: { ...process.env, ETCD_UNSUPPORTED_ARCH: process.arch },
      });
      await once(child, 'spawn');
    },
    kill,
    freeze() {
      child?.kill('SIGSTOP');
    },
    thaw() {
      child?.kill('SIGCONT');
    },
    async [Symbol.asyncDispose]() {
      await kill();
      await rm(data, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
