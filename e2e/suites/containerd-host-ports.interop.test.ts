import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { capable } from '../containerd/capabilities.js';
import { Containerd } from '../containerd/containerd.js';
import { ask, serve, serverPort, serveUdp } from '../containerd/reach.js';
import type { Sandbox, SandboxRequest } from '../containerd/sandbox.js';
import { takeTraces, tracesWhenSettled } from '../containerd/traces.js';
import { Lab } from '../lab/index.js';

const tcpPort = (hostPort: number) =>
  ({ hostPort, containerPort: serverPort, protocol: 'TCP' }) as const;

/** Address of the host that is no node. */
const outside = '192.168.77.200';

describe('a host port of a pod that containerd runs', () => {
  let lab: Lab;
  let here: Containerd;
  let there: Containerd;

  beforeAll(async () => {
    lab = await Lab.create({ nodes: 2 });
    const start = (name: string) => Containerd.start(lab.host(name), { capable });
    [here, there] = await Promise.all([start('n1'), start('n2')]);
    // The first pod of a node has it claim its block, whose route stays.
    for (const containerd of [here, there])
      await (await run(containerd, { name: 'first' })).remove();
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());

  const run = (containerd: Containerd, request: SandboxRequest): Promise<Sandbox> =>
    containerd.run({ handler: 'capable', ...request });

  it('is reached from outside, from other nodes, from the node, from pods and from the pod itself', async () => {
    const before = await takeTraces(here);
    const web = await run(here, { name: 'web', ports: [tcpPort(30080)] });
    await serve(lab, web);
    await using neighbour = await run(there, { name: 'neighbour' });
    const node = here.host.address;
    expect(await ask(lab.outside.namespace, node, 30080)).toBe(outside);
    expect(await ask(there.host.namespace, node, 30080)).toBe(there.host.address);
    expect(await ask(neighbour, node, 30080)).toBe(neighbour.ip);
    for (const address of [node, '127.0.0.1'])
      expect(await ask(here.host.namespace, address, 30080)).not.toBe('');
    expect(await ask(web, node, 30080)).not.toBe('');
    // Without the node in between: the container's own port.
    expect(await ask(neighbour, web.ip, serverPort)).toBe(neighbour.ip);
    await web.remove();
    expect(await tracesWhenSettled(here, before)).toEqual(before);
  });

  it('of one address is none of the others', async () => {
    const { host } = here;
    await using web = await run(here, {
      name: 'one-address',
      ports: [{ ...tcpPort(30081), hostIp: host.address }],
    });
    await serve(lab, web);
    expect(await ask(lab.outside.namespace, host.address, 30081)).toBe(outside);
    await expect(ask(host.namespace, '127.0.0.1', 30081)).rejects.toThrow(/refused/);
  });

  it('of 127.0.0.1 is for the node alone', async () => {
    const { host } = here;
    await using web = await run(here, {
      name: 'loopback-only',
      ports: [{ ...tcpPort(30084), hostIp: '127.0.0.1' }],
    });
    await serve(lab, web);
    expect(await ask(host.namespace, '127.0.0.1', 30084)).not.toBe('');
    await expect(ask(lab.outside.namespace, host.address, 30084)).rejects.toThrow(/refused/);
  });

  it('is one of UDP too, beside another pod with the same number of TCP', async () => {
    const udp = { hostPort: 30053, containerPort: serverPort, protocol: 'UDP' } as const;
    await using dns = await run(here, { name: 'dns', ports: [udp] });
    await using web = await run(here, { name: 'web', ports: [tcpPort(30053)] });
    await serveUdp(lab, dns);
    await serve(lab, web);
    const { address } = here.host;
    const question = ['socat', '-t1', '-', `UDP:${address}:30053`];
    expect(await lab.outside.namespace.must(question, { input: 'question\n' })).toBe(
      `${outside}\n`,
    );
    expect(await ask(lab.outside.namespace, address, 30053)).toBe(outside);
  });

  it('is refused to another pod by the name of its holder, and free when that is gone', async () => {
    const ports = [tcpPort(30082)];
    const first = await run(here, { name: 'holder', ports });
    const before = await takeTraces(here);
    await expect(run(here, { name: 'rival', ports })).rejects.toThrow(/lab\/holder/);
    expect(await tracesWhenSettled(here, before)).toEqual(before);
    await first.remove();
    await using second = await run(here, { name: 'heir', ports });
    await serve(lab, second);
    expect(await ask(lab.outside.namespace, here.host.address, 30082)).toBe(outside);
  });

  it('answers while the daemon is away and when it has come back', async () => {
    const { host } = here;
    await using web = await run(here, { name: 'steady', ports: [tcpPort(30085)] });
    await serve(lab, web);
    await host.kill();
    expect(await ask(lab.outside.namespace, host.address, 30085)).toBe(outside);
    await host.start();
    await host.waitReady();
    expect(await ask(lab.outside.namespace, host.address, 30085)).toBe(outside);
    expect(await ask(host.namespace, '127.0.0.1', 30085)).not.toBe('');
  });
});
