import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Containerd } from '../containerd/containerd.js';
import { reachByPing, reachByTcp } from '../containerd/reach.js';
import type { Sandbox } from '../containerd/sandbox.js';
import {
  addressesInUse,
  type Traces,
  takeNetworkTraces,
  takeTraces,
  tracesWhenSettled,
} from '../containerd/traces.js';
import { Lab, must, namespacesOf, processesOf, waitUntil } from '../lab/index.js';
import { cgroupsOf, mountsBelow, shimSocket } from '../lab/runtime-leftovers.js';

describe('containerd', () => {
  let lab: Lab;
  let here: Containerd;
  let there: Containerd;
  let near: Sandbox;
  let far: Sandbox;
  let certificates: string;

  beforeAll(async () => {
    lab = await Lab.create({ nodes: 2 });
    certificates = `${lab.folder}/certificates`;
    // Node reads them before anything else; of a pipe that nobody writes to, for ever.
    await must(['mkfifo', certificates]);
    const environment = { NODE_EXTRA_CA_CERTS: certificates };
    [here, there] = await Promise.all([
      Containerd.start(lab.host('n1')),
      Containerd.start(lab.host('n2'), {}, environment),
    ]);
    [near, far] = await Promise.all([here.run({ name: 'near' }), there.run({ name: 'far' })]);
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());

  it('speaks CRI v1 and finds runtime and network ready', async () => {
    const version = await here.cri.version();
    expect(version).toMatchObject({ runtimeName: 'containerd', runtimeApiVersion: 'v1' });
    const conditions = await here.cri.conditions();
    expect(conditions.get('RuntimeReady')).toMatchObject({ status: true });
    expect(conditions.get('NetworkReady')).toMatchObject({ status: true });
  });

  it('reports the address that the kernel and the daemon know', async () => {
    for (const [pod, containerd] of [
      [near, here],
      [far, there],
    ] as const) {
      expect(pod.ips).toHaveLength(1);
      expect(pod.ip).toMatch(/^10\.244\./);
      expect(await pod.must(['ip', '-brief', '-4', 'address', 'show', 'eth0'])).toContain(pod.ip);
      expect(await addressesInUse(containerd)).toContain(pod.ip);
    }
  });

  it('runs pods that reach each other across hosts, seen by their own addresses', async () => {
    await reachByPing(near, far);
    await reachByPing(far, near);
    expect(await reachByTcp(lab, near, far)).toBe(near.ip);
    expect(await reachByTcp(lab, far, near)).toBe(far.ip);
  });

  it('needs no Node for a pod, which would read the certificates that its environment names', async () => {
    const variables = readFileSync(`/proc/${there.pid}/environ`, 'utf8').split('\0');
    expect(variables).toContain(`NODE_EXTRA_CA_CERTS=${certificates}`);
    await using pod = await there.run({ name: 'certified' });
    await reachByPing(near, pod);
  });

  it('asks nothing of Poplin for a pod in the network of its host', async () => {
    const before = await takeNetworkTraces(here);
    await using pod = await here.run({ name: 'host-network', hostNetwork: true });
    expect(pod.ips).toEqual([]);
    expect(await pod.state()).toBe('SANDBOX_READY');
    expect(await takeNetworkTraces(here)).toEqual(before);
  });

  it('may stop and remove a pod as often as the kubelet likes', async () => {
    const before = await takeTraces(here);
    const pod = await here.run({ name: 'stopped' });
    expect(kindsNotGrown(await takeTraces(here), before)).toEqual([
      'tombstones',
      'policy rules',
      'traffic control',
      'ruleset',
    ]);
    for (let round = 0; round < 3; round++) await pod.stop();
    expect(await pod.state()).toBe('SANDBOX_NOTREADY');
    expect(await addressesInUse(here)).not.toContain(pod.ip);
    await pod.stop();
    for (let round = 0; round < 2; round++) await here.cri.removePodSandbox(pod.id);
    expect(await tracesWhenSettled(here, before)).toEqual(before);
  });

  it('leaves nothing of pods that are gone', async () => {
    const before = await takeTraces(there);
    const pods = await Promise.all(
      ['a', 'b', 'c', 'd'].map((name) => there.run({ name: `gone-${name}` })),
    );
    for (const pod of pods) await reachByPing(near, pod);
    await Promise.all(pods.map((pod) => pod.remove()));
    expect(await tracesWhenSettled(there, before)).toEqual(before);
  });

  it('notices, without a restart, that Poplin is uninstalled and installed again', async () => {
    const isReady = async (): Promise<boolean> =>
      (await there.cri.conditions()).get('NetworkReady')?.status ?? false;
    await there.uninstall();
    await waitUntil('the network is not ready', async () => !(await isReady()));
    await expect(there.run({ name: 'too-early' })).rejects.toThrow(/cni plugin not initialized/);
    await there.install();
    await waitUntil('the network is ready', isReady);
    await using pod = await there.run({ name: 'late' });
    await reachByPing(near, pod);
  });
});

describe('containerd on a node', () => {
  it('reports both addresses of a dual-stack pod, the IPv4 one first', async () => {
    const pools = [
      { cidr: '10.244.0.0/16', blockSize: 26 },
      { cidr: 'fd00:10:244::/56', blockSize: 122 },
    ];
    await using lab = await Lab.create({ nodes: 1, pools, start: false });
    const host = lab.host('n1');
    await host.namespace.must(['ip', 'address', 'add', 'fd77::1/64', 'dev', 'eth0', 'nodad']);
    await lab.startDaemons();
    const containerd = await Containerd.start(host);
    await using pod = await containerd.run({ name: 'dual' });
    expect(pod.ips).toEqual([
      expect.stringMatching(/^10\.244\./),
      expect.stringMatching(/^fd00:10:244:/),
    ]);
    expect(await pod.must(['ip', '-brief', 'address', 'show', 'eth0'])).toContain(pod.ips[1]);
  });

  it('whose pool is exhausted is told why, and keeps the pods that it has', async () => {
    await using lab = await Lab.create({
      nodes: 1,
      pools: [{ cidr: '10.244.0.0/30', blockSize: 30 }],
    });
    const containerd = await Containerd.start(lab.host('n1'));
    const pods: Sandbox[] = [];
    const fill = async (): Promise<void> => {
      for (let number = 1; number <= 5; number++)
        pods.push(await containerd.run({ name: `p${number}` }));
    };
    await expect(fill()).rejects.toThrow(/block 10\.244\.0\.0\/30 is full/);
    const before = await takeTraces(containerd);
    await expect(containerd.run({ name: 'one-too-many' })).rejects.toThrow(/is full/);
    expect(await tracesWhenSettled(containerd, before)).toEqual(before);
    expect(await addressesInUse(containerd)).toEqual(pods.map(({ ip }) => ip).sort());
    for (const pod of pods) await pod.remove();
  });

  it('leaves nothing when its lab is taken away with sandboxes at work', async () => {
    const lab = await Lab.create({ nodes: 1 });
    const containerd = await Containerd.start(lab.host('n1'));
    const pods = await Promise.all(['a', 'b'].map((name) => containerd.run({ name })));
    const ids = pods.map(({ id }) => id);
    const mine = (names: readonly string[]): readonly string[] =>
      names.filter((name) => ids.some((id) => name.includes(id)));
    // A sandbox runs a moment before runc has become its program, which carries the mark.
    const marked = 1 + 1 + 2 * pods.length;
    await waitUntil('all programs run', () => processesOf(lab.id).length === marked);
    expect(mountsBelow(lab.folder)).toHaveLength(3 * pods.length);
    expect(mine(cgroupsOf(lab.id)).length).toBeGreaterThan(0);
    expect(mine(cachedResults())).toHaveLength(2 * pods.length);
    const sockets = ids.map((id) => shimSocket(containerd.folders.socket, id));
    expect(sockets.every((path) => existsSync(path))).toBe(true);
    await lab[Symbol.asyncDispose]();
    expect(processesOf(lab.id)).toEqual([]);
    expect(mountsBelow(lab.folder)).toEqual([]);
    expect(cgroupsOf(lab.id)).toEqual([]);
    expect(mine(cachedResults())).toEqual([]);
    expect(sockets.some((path) => existsSync(path))).toBe(false);
    expect(namespacesOf(lab.id)).toEqual([]);
    expect(existsSync(lab.folder)).toBe(false);
  });
});

/** What the CNI library remembers of all runtimes of the machine. */
function cachedResults(): readonly string[] {
  const folder = '/var/lib/cni/results';
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** The kinds of traces of which there are not more than before: a pod alone is to leave some of the others. */
function kindsNotGrown(now: Traces, before: Traces): readonly string[] {
  return Object.keys(now).filter((kind) => (now[kind]?.length ?? 0) <= (before[kind]?.length ?? 0));
}
