import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Containerd } from '../containerd/containerd.js';
import { chained } from '../containerd/network-config.js';
import { ask, reachByPing, serve, serverPort } from '../containerd/reach.js';
import { takeTraces, tracesWhenSettled } from '../containerd/traces.js';
import { Lab } from '../lab/index.js';

/** Debian's reference plugins behind Poplin's, as many clusters have them. */
const behind = chained(
  { type: 'portmap', snat: true, capabilities: { portMappings: true } },
  { type: 'bandwidth', capabilities: { bandwidth: true } },
);

describe('reference plugins that are chained behind Poplin', () => {
  let lab: Lab;
  let containerd: Containerd;

  beforeAll(async () => {
    lab = await Lab.create({ nodes: 1 });
    containerd = await Containerd.start(lab.host('n1'), { chained: behind });
    // portmap's chains stay when its first pod goes.
    const first = { hostPort: 30000, containerPort: 1, protocol: 'TCP' } as const;
    await (await containerd.run({ name: 'first', handler: 'chained', ports: [first] })).remove();
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());

  it('portmap forwards a port of the host', async () => {
    const { host } = containerd;
    const before = await takeTraces(containerd);
    const pod = await containerd.run({
      name: 'web',
      handler: 'chained',
      ports: [{ hostPort: 30080, containerPort: serverPort, protocol: 'TCP' }],
    });
    await serve(lab, pod);
    await reachByPing(host.namespace, pod);
    expect(await ask(lab.outside.namespace, host.address, 30080)).toBe('192.168.77.200');
    expect(await ask(host.namespace, host.address, 30080)).toBe(host.address);
    expect(await ask(host.namespace, '127.0.0.1', 30080)).not.toBe('');
    await pod.remove();
    expect(await tracesWhenSettled(containerd, before)).toEqual(before);
  });

  it('bandwidth limits the end of the pod that Poplin made', async () => {
    const { host } = containerd;
    const before = await takeTraces(containerd);
    const pod = await containerd.run({
      name: 'slow',
      handler: 'chained',
      annotations: {
        'kubernetes.io/ingress-bandwidth': '8M',
        'kubernetes.io/egress-bandwidth': '16M',
      },
    });
    const disciplines = await host.namespace.must(['tc', 'qdisc', 'show']);
    expect(disciplines).toMatch(/qdisc tbf .* dev pop[0-9a-f]{11} root .* rate 8Mbit/);
    expect(disciplines).toMatch(/qdisc tbf .* root .* rate 16Mbit/);
    await reachByPing(host.namespace, pod);
    await pod.remove();
    expect(await tracesWhenSettled(containerd, before)).toEqual(before);
  });
});
