import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, credentials } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askStatus, checkout, Lab, LabProcess, must, waitUntil } from '../lab/index.js';

const asBytes = (bytes: Buffer): Buffer => bytes;

/** A package as it is installed: its bundle and its manifest, and of all that it depends on nothing but a binary. */
function install(folder: string, name: string, binaries: readonly string[]): string {
  for (const part of ['package.json', 'bundle']) {
    cpSync(`${checkout}/packages/${name}/${part}`, join(folder, name, part), { recursive: true });
  }
  const modules = join(folder, name, 'node_modules');
  mkdirSync(modules);
  for (const binary of binaries) {
    cpSync(`${checkout}/node_modules/${binary}`, join(modules, binary), { recursive: true });
  }
  return join(folder, name, 'bundle/main.js');
}

/** Nothing but Node, the bundles and koffi: what is forgotten in a bundle is found in no node_modules above. */
describe('the bundle of the daemon, alone in a folder', () => {
  let folder: string;
  let lab: Lab;
  let daemon: LabProcess;
  let client: Client;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'poplin-bundle-'));
    const program = install(folder, 'daemon', ['koffi', '@koromix']);
    // udp and etcd: all threads, and a registry that is loaded when it is wanted.
    lab = await Lab.create({ nodes: 2, backend: 'udp', start: false });
    const [host, other] = [lab.host('n1'), lab.host('n2')];
    const [node = '', , ...flags] = host.daemonCommand();
    await other.start();
    daemon = await LabProcess.start({
      name: 'poplind alone',
      lab: lab.id,
      namespace: host.namespace,
      argv: [node, program, ...flags],
      log: host.log,
    });
    await other.waitReady();
    await waitUntil('the daemon serves', async () => {
      if (daemon.exit) throw new Error(`it ended: ${daemon.lastWords()}`);
      return (await askStatus(host.socket)) !== undefined;
    });
    client = new Client(`unix:${host.socket}`, credentials.createInsecure());
  });

  afterAll(async () => {
    client?.close();
    await daemon?.stop('SIGTERM');
    await lab?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  it('carries packets of pods to another node', async () => {
    await using one = await lab.host('n1').addPod('one');
    await using two = await lab.host('n2').addPod('two');
    await waitUntil('a packet gets through', async () => {
      const { status } = await one.namespace.execute(['ping', '-c1', '-W1', two.ip]);
      return status === 0;
    });
  });

  it('answers the health check', async () => {
    const answer = await new Promise((resolve, reject) => {
      const path = '/grpc.health.v1.Health/Check';
      client.makeUnaryRequest(path, asBytes, asBytes, Buffer.alloc(0), (error, bytes) =>
        error ? reject(error) : resolve(bytes),
      );
    });
    // Field 1, status: SERVING.
    expect(answer).toEqual(Buffer.from([0x08, 1]));
  });

  it.each(['v1', 'v1alpha'])(
    'tells its services to those who ask by reflection %s',
    async (version) => {
      const answer = await new Promise<Buffer>((resolve, reject) => {
        const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;
        const call = client.makeBidiStreamRequest(path, asBytes, asBytes);
        call.on('data', resolve).on('error', reject);
        // Field 7, list_services: an empty text.
        call.end(Buffer.from([0x3a, 0]));
      });
      expect(answer.toString()).toContain('poplin.node.v1.NodeService');
    },
  );

  it('ends when it is told to', async () => {
    expect(await daemon.stop('SIGTERM')).toEqual({ status: 0, signal: null });
  });
});

describe('the bundle of poplinctl, alone in a folder', () => {
  it('runs and knows its version', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'poplin-bundle-'));
    try {
      const program = install(folder, 'cli', []);
      const manifest = readFileSync(join(folder, 'cli/package.json'), 'utf8');
      const { version } = JSON.parse(manifest) as { version: string };
      expect((await must([process.execPath, program, '--version'])).trim()).toBe(version);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
