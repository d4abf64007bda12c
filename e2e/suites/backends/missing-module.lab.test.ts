import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { type Host, kernelHas, Lab, type Pod, waitUntil } from '../../lab/index.js';

/** Where the kernel has it, matrix.lab.test.ts tries ipip instead. */
describe.runIf(!(await kernelHas('ipip')))(
  'a daemon that is to use ipip on a kernel without it',
  () => {
    it('says which module is missing, and leaves the host as it was', async () => {
      await using lab = await Lab.create({ nodes: 1, backend: 'ipip', start: false });
      const host = lab.host('n1');
      const before = await kernelOf(host);
      await host.start();
      await waitUntil('the module is named', () => namesModule(host));
      expect(await kernelOf(host)).toEqual(before);
    });

    it('goes on with what it has when the cluster changes to ipip while it is away, and pods with it', async () => {
      await using lab = await Lab.create({ nodes: 2, family: 'dual' });
      const [near, far] = (await lab.addPods(1)) as [Pod, Pod];
      await waitUntil('pods reach each other', () => allReach(near, far));
      const [first, second] = lab.hosts as [Host, Host];
      await first.stop();
      await applyBackend(second, lab.folder, 'ipip');
      await waitUntil('the one that runs names the module', () => namesModule(second));
      await first.start();
      await waitUntil('the one that comes back names the module', () => namesModule(first));
      expect(await allReach(near, far)).toBe(true);
      expect(second.isRunning).toBe(true);
      expect((await second.poplinctl('status')).stdout).toMatch(/module ipip/);
    });
  },
);

/** True when the log says what is missing and what to do. */
const namesModule = ({ log }: Host): boolean =>
  /module ipip is missing.*modprobe ipip/.test(readFileSync(log, 'utf8'));

/** Links, and routes of the main table that are not of blocks of this node's own. */
async function kernelOf({ namespace }: Host): Promise<readonly string[]> {
  const links = await namespace.must(['ip', '-br', 'link', 'show']);
  const routes = await namespace.must(['ip', 'route', 'show']);
  const foreign = routes.split('\n').filter((line) => !line.startsWith('blackhole'));
  return [...links.split('\n'), ...foreign].map((line) => line.trim()).filter(Boolean);
}

/** Gives the cluster another backend, as an operator does. */
async function applyBackend(host: Host, folder: string, type: string): Promise<void> {
  const file = `${folder}/cluster.yaml`;
  const { cluster } = JSON.parse(readFileSync(host.configFile, 'utf8')) as { cluster: object };
  await writeFile(file, JSON.stringify({ ...cluster, backend: { type } }));
  const { status, stderr } = await host.poplinctl('config', 'apply', '-f', file);
  expect(status, stderr).toBe(0);
}

async function allReach(one: Pod, other: Pod): Promise<boolean> {
  const pings = [...other.ips].map((ip) => one.namespace.execute(['ping', '-n', '-c1', '-W1', ip]));
  return (await Promise.all(pings)).every(({ status }) => status === 0);
}
