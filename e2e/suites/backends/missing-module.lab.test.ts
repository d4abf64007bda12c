import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Host, kernelHas, Lab, type Pod, waitUntil } from '../../lab/index.js';
import { applyBackend, reaches, statusCode, statusOf } from './stranded.js';

/** Where the kernel has it, matrix.lab.test.ts tries ipip instead. */
describe.runIf(!(await kernelHas('ipip')))(
  'a daemon that is to use ipip on a kernel without it',
  () => {
    it('says which module is missing, serves its own pods, and leaves the rest of the host as it was', async () => {
      await using lab = await Lab.create({ nodes: 1, backend: 'ipip', start: false });
      const host = lab.host('n1');
      const before = await kernelOf(host);
      await host.start();
      await host.waitReady();
      await waitUntil('the module is named', () => namesModule(host));
      expect(await kernelOf(host)).toEqual(before);
      const [one, other] = [await host.addPod('one'), await host.addPod('other')];
      expect(await reaches(one, other)).toBe(true);
      // Its pods lack nothing while there is no other node.
      expect(await statusCode(one)).toBe(0);
      await one.remove();
      await other.remove();
    });

    it('becomes whole when the cluster changes to another backend', async () => {
      await using lab = await Lab.create({ nodes: 2, family: 'dual', backend: 'ipip' });
      const [near, far] = (await lab.addPods(1)) as [Pod, Pod];
      const [first] = lab.hosts as [Host, Host];
      expect(await reaches(near, far)).toBe(false);
      expect(await statusCode(near)).toBe(51);
      const { problems } = await statusOf(first);
      expect(
        problems.filter((problem) => /module ipip is missing.*modprobe ipip/.test(problem)),
      ).not.toEqual([]);
      await applyBackend(first, lab.folder, 'vxlan');
      await waitUntil(
        'pods reach each other',
        async () => (await reaches(near, far)) && (await reaches(far, near)),
      );
      await waitUntil(
        'nothing is wrong',
        async () => (await statusOf(first)).problems.length === 0,
      );
      expect(await statusCode(near)).toBe(0);
    });

    it('goes on with what it has when the cluster changes to ipip while it is away, and pods with it', async () => {
      await using lab = await Lab.create({ nodes: 2, family: 'dual' });
      const [near, far] = (await lab.addPods(1)) as [Pod, Pod];
      await waitUntil('pods reach each other', () => reaches(near, far));
      const [first, second] = lab.hosts as [Host, Host];
      await first.stop();
      await applyBackend(second, lab.folder, 'ipip');
      await waitUntil('the one that runs names the module', () => namesModule(second));
      await first.start();
      await waitUntil('the one that comes back names the module', () => namesModule(first));
      expect(await reaches(near, far)).toBe(true);
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
