import { chmod, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { capabilities } from '../containerd/capabilities.js';
import { Containerd } from '../containerd/containerd.js';
import { followedBy, type NetworkConfigList, withOptions } from '../containerd/network-config.js';
import { ask, serve, serverPort } from '../containerd/reach.js';
import type { SandboxRequest } from '../containerd/sandbox.js';
import {
  addressesInUse,
  takeNetworkTraces,
  takeTraces,
  tracesWhenSettled,
} from '../containerd/traces.js';
import { type Host, Lab, waitUntil } from '../lab/index.js';

/** No kernel has it: who is to set it fails, with everything else done. */
const noSuchKey = { 'net.core.poplin_has_no_such_key': '1' };

const handlers = {
  'fails-itself': withOptions({ capabilities, sysctls: noSuchKey }),
  'fails-behind': followedBy({ type: 'tuning', sysctl: noSuchKey }),
};

/** A pod with all that Poplin may have to give back. */
const full: SandboxRequest = {
  name: 'full',
  ports: [{ hostPort: 30080, containerPort: serverPort, protocol: 'TCP' }],
  annotations: {
    'kubernetes.io/ingress-bandwidth': '80M',
    'kubernetes.io/egress-bandwidth': '80M',
    'poplin.dev/mac': '0a:58:00:00:00:07',
  },
};

/** So many more that come at the same time. */
const crowd = 20;
const names = Array.from({ length: crowd }, (_, index) => `pod-${index + 1}`);

describe('a pod of containerd', () => {
  let lab: Lab;
  let host: Host;
  let containerd: Containerd;

  beforeAll(async () => {
    // One block holds them all: no route of a block comes and goes.
    lab = await Lab.create({ nodes: 1, pools: [{ cidr: '10.244.0.0/16', blockSize: 24 }] });
    host = lab.host('n1');
    containerd = await Containerd.start(host, handlers);
    await (await containerd.run({ name: 'first' })).remove();
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());

  it.each(Object.keys(handlers))(
    'leaves nothing when its ADD fails, handler %s',
    async (handler) => {
      const before = await takeTraces(containerd);
      await expect(containerd.run({ ...full, handler })).rejects.toThrow(/poplin_has_no_such_key/);
      expect(await tracesWhenSettled(containerd, before)).toEqual(before);
    },
  );

  it.each([
    ['add-after-record', 'runc'],
    ['add-after-link', 'runc'],
    ['add-before-answer', 'runc'],
    ['undo-before-detach', 'fails-itself'],
  ])('leaves nothing when the daemon dies in its ADD, %s', async (point, handler) => {
    const before = await takeTraces(containerd);
    await startArmed(host, point);
    // It may start all the same, by a plugin that asks the next daemon.
    const outcome = containerd.run({ ...full, handler }).then(
      (pod) => pod.remove(),
      () => undefined,
    );
    await comeBack(host);
    await outcome;
    expect(await tracesWhenSettled(containerd, before)).toEqual(before);
  });

  it.each(['del-after-link-down', 'del-after-release'])(
    'leaves nothing when the daemon dies in its DEL, %s',
    async (point) => {
      const before = await takeTraces(containerd);
      const pod = await containerd.run(full);
      await startArmed(host, point);
      await pod.remove();
      await comeBack(host);
      expect(await tracesWhenSettled(containerd, before)).toEqual(before);
    },
  );

  it('is removed while the daemon is away, which leaves its address and host port to the next one', async () => {
    const before = await takeTraces(containerd);
    const pods = await Promise.all(names.map((name) => containerd.run({ name })));
    const pod = await containerd.run(full);
    await host.kill();
    await Promise.all([pod, ...pods].map((one) => one.stop()));
    expect(await readdir(`${host.folder}/del`)).toHaveLength(1 + crowd);
    // containerd asks for each DEL once more.
    await Promise.all([pod, ...pods].map((one) => one.remove()));
    await host.start();
    // Before the daemon serves: it is to know by then that the port is free.
    const heir = await containerd.run({ ...full, name: 'heir' });
    expect(await addressesInUse(containerd)).toEqual([heir.ip]);
    await serve(lab, heir);
    expect(await ask(lab.outside.namespace, host.address, 30080)).not.toBe('');
    await heir.remove();
    expect(await tracesWhenSettled(containerd, before)).toEqual(before);
  });

  it('comes and goes while poplinctl replaces the plugin and rewrites the network configuration', async () => {
    const before = await takeTraces(containerd);
    let isInstalling = true;
    const installThrice = async (): Promise<void> => {
      for (let round = 1; round <= 3; round++) {
        await makeOutdated(containerd);
        await containerd.install();
      }
      isInstalling = false;
    };
    const comeAndGo = async (lane: string): Promise<void> => {
      while (isInstalling) await (await containerd.run({ name: lane })).remove();
    };
    await Promise.all([installThrice(), ...names.slice(0, 5).map(comeAndGo)]);
    expect(await tracesWhenSettled(containerd, before)).toEqual(before);
  });

  it('leaves no network when containerd is killed in the middle of its start, once it is removed', async () => {
    const before = await takeNetworkTraces(containerd);
    const runs = Promise.allSettled(
      names.map((name) => containerd.run({ ...full, name, ports: [] })),
    );
    await waitUntil(
      'a few have their address',
      async () => (await addressesInUse(containerd)).length >= 3,
    );
    await containerd.restart('SIGKILL');
    await runs;
    // The kubelet has pods removed that do not run. containerd itself forgets some processes, cgroups and namespaces.
    const { cri } = containerd;
    const left = await cri.listPodSandboxes();
    await Promise.all(left.map(({ id }) => cri.stopPodSandbox(id)));
    await Promise.all(left.map(({ id }) => cri.removePodSandbox(id)));
    expect(await tracesWhenSettled(containerd, before, takeNetworkTraces)).toEqual(before);
  });
});

async function startArmed(host: Host, point: string): Promise<void> {
  await host.stop();
  await host.start({ POPLIN_FAIL_POINT: point });
  await host.waitReady();
}

/** Waits until the fail point has killed the daemon, then starts it as it is in production. */
async function comeBack(host: Host): Promise<void> {
  const exit = await waitUntil('the fail point is reached', () => host.exit);
  expect(exit.signal).toBe('SIGKILL');
  await host.start();
  await host.waitReady();
}

/** What an earlier Poplin may have left: a plugin that differs, a configuration without a capability. */
async function makeOutdated({ folders, installedConfig }: Containerd): Promise<void> {
  await chmod(`${folders.pluginBin}/poplin`, 0o700);
  const installed = JSON.parse(await readFile(installedConfig, 'utf8')) as NetworkConfigList;
  const outdated = withOptions({ capabilities: { portMappings: true } })(installed);
  await writeFile(`${installedConfig}.tmp`, JSON.stringify(outdated));
  await rename(`${installedConfig}.tmp`, installedConfig);
}
