import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Containerd } from '../containerd/containerd.js';
import { reachByPing } from '../containerd/reach.js';
import type { Sandbox } from '../containerd/sandbox.js';
import {
  addressesInUse,
  type Traces,
  takeTraces,
  tracesWhenSettled,
} from '../containerd/traces.js';
import { Lab, mapParallel, waitUntil } from '../lab/index.js';

const podsPerHost = 50;

/** One block per node holds them all, and those that came before: no route changes while they come and go. */
const pools = [{ cidr: '10.244.0.0/16', blockSize: 24 }];

/** A hundred sandboxes at once, and what serves them restarts in the middle. */
describe('a hundred sandboxes', () => {
  let lab: Lab;
  let containerds: readonly Containerd[];
  let before: readonly Traces[];
  const pods = new Map<Containerd, readonly Sandbox[]>();
  const all = (): readonly Sandbox[] => [...pods.values()].flat();

  beforeAll(async () => {
    lab = await Lab.create({ nodes: 2, pools });
    containerds = await Promise.all(lab.hosts.map((host) => Containerd.start(host)));
    // The first pod of a node has it claim its block, whose route stays.
    for (const containerd of containerds) await (await containerd.run({ name: 'first' })).remove();
    before = await Promise.all(containerds.map(takeTraces));
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());

  it('start in parallel while the daemons restart, and none fails', async () => {
    const failures: unknown[] = [];
    const runMany = async (containerd: Containerd): Promise<void> => {
      const names = Array.from({ length: podsPerHost }, (_, index) => `pod-${index + 1}`);
      const runs = await Promise.allSettled(names.map((name) => containerd.run({ name })));
      pods.set(
        containerd,
        runs.flatMap((run) => (run.status === 'fulfilled' ? [run.value] : [])),
      );
      for (const run of runs) if (run.status === 'rejected') failures.push(run.reason);
    };
    const restartInTheMiddle = async (): Promise<void> => {
      await waitUntil('a few have their address', async () => {
        const used = await Promise.all(containerds.map(addressesInUse));
        return used.every((ips) => ips.length >= 3);
      });
      await Promise.all(lab.hosts.map((host) => host.restart()));
    };
    await Promise.all([...containerds.map(runMany), restartInTheMiddle()]);
    expect(failures).toEqual([]);
    for (const { cri } of containerds)
      expect(await cri.listPodSandboxes()).toHaveLength(podsPerHost);
  });

  it('have an address each, known to the daemon', async () => {
    const ips = all().map(({ ip }) => ip);
    expect(new Set(ips).size).toBe(2 * podsPerHost);
    for (const [containerd, own] of pods)
      expect(await addressesInUse(containerd)).toEqual(own.map(({ ip }) => ip).sort());
  });

  it('reach those of the other host', async () => {
    const [near = [], far = []] = [...pods.values()];
    expect(near).toHaveLength(far.length);
    await mapParallel(near, 8, async (pod, index) => {
      const peer = far[index];
      if (peer) await reachByPing(pod, peer);
    });
  });

  it('live on when containerd restarts, with their addresses', async () => {
    await Promise.all(containerds.map((containerd) => containerd.restart('SIGKILL')));
    for (const [{ cri }, own] of pods) {
      expect(await cri.listPodSandboxes()).toHaveLength(podsPerHost);
      for (const pod of own)
        expect((await cri.podSandboxStatus(pod.id)).status).toMatchObject({
          state: 'SANDBOX_READY',
          network: { ip: pod.ip },
        });
    }
    const [near, far] = [...pods.values()].map(([first]) => first);
    if (near && far) await reachByPing(near, far);
  });

  it('stop in parallel while daemons and containerds restart, and leave nothing behind', async () => {
    const stopping = Promise.allSettled(all().map((pod) => pod.stop()));
    await Promise.all(lab.hosts.map((host) => host.restart()));
    await Promise.all(containerds.map((containerd) => containerd.restart()));
    await stopping;
    // What a restart of containerd has interrupted is asked for again, as the kubelet does.
    await Promise.all(all().map((pod) => pod.remove()));
    for (const [index, containerd] of containerds.entries())
      expect(await tracesWhenSettled(containerd, before[index] ?? {})).toEqual(before[index]);
  });
});
