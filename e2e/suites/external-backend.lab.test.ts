import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkout, execute, Lab, must, type Pod, underlayAddresses } from '../lab/index.js';
import { PackageShelf } from '../tarballs/shelf.js';

/** Time to install, compile and test a package, ms. */
const timeout = 240_000;

const hub = underlayAddresses.host(1);
const options = { hub: { node: 'n1', addresses: [hub] } };

let shelf: PackageShelf;
let workshop: string;

beforeAll(async () => {
  shelf = await PackageShelf.stock();
  workshop = await shelf.workshop();
}, timeout);
afterAll(() => shelf?.[Symbol.asyncDispose]());

describe('a backend that npm create poplin-backend has written', () => {
  it.each(['my-net', '@acme/my-net'])(
    'builds and passes its own suite, packets and all: %s',
    { timeout },
    async (name) => {
      const folder = join(workshop, `new-${name.replace(/\W/g, '')}`);
      const create = join(workshop, 'node_modules/create-poplin-backend/dist/main.js');
      const said = await must([process.execPath, create, name, '--folder', folder]);
      expect(said).toMatch(/npm test/);
      const { status, stdout, stderr } = await execute(['npm', 'test', '--prefix', folder], {
        timeoutMs: timeout,
      });
      expect(`${stdout}${stderr}`).toMatch(/packets of backend|Tests .*passed/);
      expect(status, `${stdout}${stderr}`).toBe(0);
      expect(existsSync(join(folder, 'dist/index.js'))).toBe(true);
    },
  );
});

describe('the example of a backend of somebody else’s', () => {
  let lab: Lab;
  let pods: readonly Pod[];
  let backends: string;

  beforeAll(async () => {
    const source = join(workshop, 'poplin-backend-hub');
    cpSync(join(checkout, 'examples/poplin-backend-hub'), source, {
      recursive: true,
      filter: (path) => !/\/(node_modules|dist)$/.test(path),
    });
    const { status, stdout, stderr } = await execute(['npm', 'test', '--prefix', source], {
      timeoutMs: timeout,
    });
    if (status !== 0) throw new Error(`${stdout}${stderr}`);
    backends = await shelf.backendFolder(await shelf.pack([source]));
    lab = await Lab.create({
      nodes: 3,
      start: false,
      cluster: { backend: { type: 'hub', options } },
    });
    for (const host of lab.hosts) await host.start({ POPLIN_BACKEND_DIR: backends });
    for (const host of lab.hosts) await host.waitReady();
    pods = await lab.addPods(1);
  }, timeout);
  afterAll(() => lab?.[Symbol.asyncDispose]());

  it('carries packets between all pods', async () => {
    for (const from of pods)
      for (const to of pods) {
        const { status, stdout } = await ping(from, to);
        expect(status, `${from.name} to ${to.name}: ${stdout}`).toBe(0);
      }
  });

  it('leads from spoke to spoke by the hub, and from the hub directly', async () => {
    const [one, two, three] = pods;
    if (!one || !two || !three) throw new Error('there are three pods');
    expect((await ping(two, three)).stdout).toMatch(/ttl=61/);
    expect((await ping(one, three)).stdout).toMatch(/ttl=62/);
    const routes = await lab.host('n2').namespace.observe('route', 'get', three.ip);
    expect(routes).toMatchObject([{ gateway: hub, dev: 'eth0' }]);
  });

  it('is named in the status, which knows of no problem', async () => {
    const { stdout } = await lab.host('n2').poplinctl('status', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ backend: 'hub', peers: 2, problems: [] });
  });

  it('keeps its routes while the daemon ends, dies and starts again', async () => {
    const host = lab.host('n2');
    const routes = () => host.namespace.must(['ip', 'route', 'show', 'proto', '112']);
    const before = await routes();
    const monitor = spawn('nsenter', [`--net=${host.namespace.path}`, 'ip', 'monitor', 'route']);
    let seen = '';
    monitor.stdout.on('data', (text) => {
      seen += text;
    });
    await once(monitor, 'spawn');
    await host.kill();
    expect(await routes()).toBe(before);
    await host.start({ POPLIN_BACKEND_DIR: backends });
    await host.waitReady();
    expect(await routes()).toBe(before);
    monitor.kill();
    await once(monitor, 'close');
    expect(seen).not.toMatch(/^Deleted .*proto 112/m);
  });

  it('has its options refused with their path, and an unknown backend with the command that installs it', async () => {
    const apply = async (backend: object) => {
      const file = join(lab.folder, 'config.json');
      await writeFile(file, JSON.stringify({ backend }));
      const { status, stdout, stderr } = await lab
        .host('n1')
        .poplinctl('config', 'apply', '-f', file);
      expect(status).not.toBe(0);
      return `${stdout}${stderr}`;
    };
    expect(
      await apply({ type: 'hub', options: { hub: { node: 'n1', addresses: ['1.2'] } } }),
    ).toMatch(/backend\.options\.hub\.addresses\.0: must be an IP address/);
    expect(await apply({ type: 'absent' })).toMatch(
      /npm install --prefix .* poplin-backend-absent/,
    );
  });
});

function ping(from: Pod, to: Pod) {
  return from.namespace.execute(['ping', '-c', '1', '-W', '2', to.ip]);
}
