import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askStatus, type Host, Lab, waitUntil } from '../lab/index.js';

/** Daemons that must not start, or must wait: what they say, and what they leave alone. */
describe('poplind', () => {
  let lab: Lab;
  let host: Host;

  beforeAll(async () => {
    lab = await Lab.create({ nodes: 2 });
    host = lab.host('n1');
  });

  afterAll(() => lab?.[Symbol.asyncDispose]());

  it('refuses an unknown flag and names the nearest', async () => {
    const { status, said } = await run(host, { '--nod-name': 'x' });
    expect(status).not.toBe(0);
    expect(said).toMatch(/--nod-name.*--node-name/);
  });

  it.each([
    ['an unknown key', { clutser: {} }, /clutser.*cluster/],
    ['an unknown key of the cluster', { cluster: { backand: {} } }, /backand.*backend/],
    ['an unknown attach mode', { cluster: { attach: { mode: 'glued' } } }, /routed, bridge.*glued/],
    ['an unknown backend', { cluster: { backend: { type: 'host-gv' } } }, /host-gv/],
    [
      'pools that overlap',
      pools(['10.1.0.0/16', 26], ['10.1.2.0/24', 26]),
      /10\.1\.2\.0\/24.*overlaps.*10\.1\.0\.0\/16/,
    ],
    ['a block larger than its pool', pools(['10.1.0.0/24', 20]), /10\.1\.0\.0\/24/],
  ])('refuses a configuration with %s', async (_what, config, message) => {
    const file = `${lab.folder}/bad.yaml`;
    await writeFile(file, JSON.stringify(config));
    const fresh = `${lab.folder}/fresh`;
    const { status, said } = await run(host, {
      '--config': file,
      '--registry': 'embedded',
      '--socket': `${fresh}.sock`,
      '--state-dir': fresh,
    });
    expect(status).not.toBe(0);
    expect(said).toMatch(message);
    expect(existsSync(`${fresh}.sock`)).toBe(false);
  });

  it('refuses a socket that a live daemon serves, and leaves that one alone', async () => {
    const { status, said } = await run(host, { '--state-dir': `${lab.folder}/other` });
    expect(status).not.toBe(0);
    expect(said).toContain(`socket ${host.socket} is in use`);
    expect(said).toContain(String(host.pid));
    expect((await askStatus(host.socket))?.ready).toBe(true);
  });

  it('takes over a stale socket', async () => {
    await host.kill();
    expect(existsSync(host.socket)).toBe(true);
    await host.start();
    await host.waitReady();
  });

  it('refuses an address that a live node of another name holds, and names both', async () => {
    const folder = `${lab.folder}/twin`;
    await mkdir(folder);
    const { status, said } = await run(host, {
      '--node-name': 'twin',
      '--socket': `${folder}/poplin.sock`,
      '--state-dir': `${folder}/state`,
    });
    expect(status).not.toBe(0);
    expect(said).toContain(host.address);
    expect(said).toMatch(/\btwin\b/);
    expect(said).toMatch(/\bn1\b/);
    expect((await askStatus(host.socket))?.ready).toBe(true);
  });

  it('waits for a registry that is down, says so once, and starts when it is up', async () => {
    const late = lab.host('n2');
    await late.stop();
    await lab.etcd?.kill();
    const logged = (await readFile(late.log, 'utf8')).length;
    await late.start();
    await sleep(4_000);
    expect(late.isRunning).toBe(true);
    expect((await askStatus(late.socket))?.ready).not.toBe(true);
    const lines = (await readFile(late.log, 'utf8')).slice(logged).split('\n');
    expect(lines.filter((line) => /registry|etcd/.test(line) && /wait/i.test(line))).toHaveLength(
      1,
    );
    await lab.etcd?.restart();
    await waitUntil('n2 serves', async () => (await askStatus(late.socket))?.ready);
  });
});

/** Runs a daemon that is expected to end by itself, and collects what it says. */
async function run(
  host: Host,
  flags: Readonly<Record<string, string>>,
): Promise<{ status: number; said: string }> {
  const command = host.daemonCommand(flags);
  const { status, stdout, stderr } = await host.namespace.execute(command, { timeoutMs: 20_000 });
  return { status, said: stdout + stderr };
}

function pools(...given: readonly (readonly [string, number])[]): Record<string, unknown> {
  const list = given.map(([cidr, blockSize], index) => ({ name: `p${index}`, cidr, blockSize }));
  return { cluster: { pools: list } };
}
