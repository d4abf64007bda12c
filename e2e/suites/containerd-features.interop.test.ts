import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Containerd } from '../containerd/containerd.js';
import { withOptions } from '../containerd/network-config.js';
import {
  ask,
  reachByPing,
  serve,
  serverPort,
  serveUdp,
  type Vantage,
} from '../containerd/reach.js';
import type { Sandbox, SandboxRequest } from '../containerd/sandbox.js';
import { addressesInUse, takeTraces, tracesWhenSettled } from '../containerd/traces.js';
import { Lab, must, waitUntil } from '../lab/index.js';

/** What docs/cni.md says that the runtime may send. */
const capabilities = {
  portMappings: true,
  bandwidth: true,
  dns: true,
  ips: true,
  mac: true,
  'io.kubernetes.cri.pod-annotations': true,
};

const tcpPort = (hostPort: number) =>
  ({ hostPort, containerPort: serverPort, protocol: 'TCP' }) as const;

/** What Poplin does itself of what containerd sends: docs/cni.md. */
describe('containerd and Poplin without another plugin', () => {
  let lab: Lab;
  let here: Containerd;
  let there: Containerd;

  beforeAll(async () => {
    lab = await Lab.create({ nodes: 2 });
    const handlers = { capable: withOptions({ capabilities }) };
    const start = (name: string) => Containerd.start(lab.host(name), handlers);
    [here, there] = await Promise.all([start('n1'), start('n2')]);
    // The first pod of a node has it claim its block, whose route stays.
    for (const containerd of [here, there])
      await (await run(containerd, { name: 'first' })).remove();
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());

  afterEach(async () => {
    for (const { host } of [here, there]) {
      if (!host.isRunning) await host.start();
      await host.waitReady();
    }
    for (const containerd of [here, there]) await containerd.removeOthers([]);
  });

  const run = (containerd: Containerd, request: SandboxRequest): Promise<Sandbox> =>
    containerd.run({ handler: 'capable', ...request });

  it('are told of each other by what poplinctl installs', () => {
    const path = `${here.folders.networkConfig('runc')}/10-poplin.conflist`;
    const { plugins } = JSON.parse(readFileSync(path, 'utf8')) as {
      readonly plugins: readonly object[];
    };
    expect(plugins).toEqual([expect.objectContaining({ type: 'poplin', capabilities })]);
  });

  it('a host port is reached from outside, from other nodes, from the node, from pods and from the pod itself', async () => {
    const before = await takeTraces(here);
    const web = await run(here, { name: 'web', ports: [tcpPort(30080)] });
    await serve(lab, web);
    await using neighbour = await run(there, { name: 'neighbour' });
    const node = here.host.address;
    expect(await ask(lab.outside.namespace, node, 30080)).toBe('192.168.77.200');
    expect(await ask(there.host.namespace, node, 30080)).toBe(there.host.address);
    expect(await ask(neighbour, node, 30080)).toBe(neighbour.ip);
    for (const address of [node, '127.0.0.1'])
      expect(await ask(here.host.namespace, address, 30080)).not.toBe('');
    expect(await ask(web, node, 30080)).not.toBe('');
    await web.remove();
    expect(await tracesWhenSettled(here, before)).toEqual(before);
  });

  it('a host port of one address is none of the others', async () => {
    const { host } = here;
    await using web = await run(here, {
      name: 'one-address',
      ports: [{ ...tcpPort(30081), hostIp: host.address }],
    });
    await serve(lab, web);
    expect(await ask(lab.outside.namespace, host.address, 30081)).toBe('192.168.77.200');
    await expect(ask(host.namespace, '127.0.0.1', 30081)).rejects.toThrow(/refused/);
  });

  it('a UDP host port is one too', async () => {
    const ports = [{ hostPort: 30053, containerPort: serverPort, protocol: 'UDP' }] as const;
    await using dns = await run(here, { name: 'dns', ports });
    await serveUdp(lab, dns);
    const target = `UDP:${here.host.address}:30053`;
    const ask = ['socat', '-t2', '-', target];
    expect(await lab.outside.namespace.must(ask, { input: 'question\n' })).toBe('192.168.77.200\n');
  });

  it('a host port that a pod has is refused to another by its name, and free when that pod is gone', async () => {
    const ports = [tcpPort(30082)];
    const first = await run(here, { name: 'holder', ports });
    const before = await takeTraces(here);
    await expect(run(here, { name: 'rival', ports })).rejects.toThrow(/lab\/holder/);
    expect(await tracesWhenSettled(here, before)).toEqual(before);
    await first.remove();
    await using second = await run(here, { name: 'heir', ports });
    await serve(lab, second);
    expect(await ask(lab.outside.namespace, here.host.address, 30082)).toBe('192.168.77.200');
  });

  it('annotations limit the bandwidth of a pod both ways, in spite of the burst that containerd sends', async () => {
    const before = await takeTraces(here);
    const { host } = here;
    const pod = await run(here, {
      name: 'slow',
      annotations: {
        'kubernetes.io/ingress-bandwidth': '80M',
        'kubernetes.io/egress-bandwidth': '160M',
      },
    });
    for (const rate of ['80Mbit', '160Mbit'])
      expect(await host.namespace.must(['tc', 'qdisc', 'show'])).toContain(`rate ${rate}`);
    // Two megabytes each way, more than any sane burst, so that packets have to wait.
    const peer = there.host;
    await send(peer.namespace, pod, pod.ip);
    await send(pod, peer.namespace, peer.address);
    const counters = await host.namespace.must(['tc', '-s', 'qdisc', 'show']);
    const overlimits = [...counters.matchAll(/qdisc tbf[^\n]*\n[^\n]*overlimits (\d+)/g)];
    expect(overlimits.map(([, count]) => Number(count) > 0)).toEqual([true, true]);
    await pod.remove();
    expect(await tracesWhenSettled(here, before)).toEqual(before);
  });

  it('annotations choose address and MAC', async () => {
    await using any = await run(here, { name: 'any' });
    const wanted = any.ip.replace(/\d+$/, (last) => `${(Number(last) & ~63) + 50}`);
    await using pod = await run(here, {
      name: 'chosen',
      annotations: { 'poplin.dev/ips': wanted, 'poplin.dev/mac': '0a:58:00:00:00:07' },
    });
    expect(pod.ips).toEqual([wanted]);
    expect(await pod.must(['ip', 'link', 'show', 'eth0'])).toContain('0a:58:00:00:00:07');
    const rival = run(here, { name: 'rival', annotations: { 'poplin.dev/ips': wanted } });
    await expect(rival).rejects.toThrow(/lab\/chosen/);
    await reachByPing(there.host.namespace, pod);
  });

  it('the resolver that the pod wants is in the result', async () => {
    const dns = { servers: ['10.96.0.10'], searches: ['lab.svc'], options: ['ndots:5'] };
    await using pod = await run(here, { name: 'resolver', dns });
    const cached = readFileSync(`/var/lib/cni/results/poplin-${pod.id}-eth0`, 'utf8');
    const { result } = JSON.parse(cached) as { readonly result: { readonly dns: unknown } };
    expect(result.dns).toMatchObject({
      nameservers: dns.servers,
      search: dns.searches,
      options: dns.options,
    });
  });

  it('a pod is stopped while the daemon is away, which gives its address back when it returns', async () => {
    const before = await takeTraces(here);
    const pod = await run(here, { name: 'orphan', ports: [tcpPort(30083)] });
    await here.host.kill();
    await pod.remove();
    await here.host.start();
    await here.host.waitReady();
    expect(await addressesInUse(here)).not.toContain(pod.ip);
    expect(await tracesWhenSettled(here, before)).toEqual(before);
  });

  it('no pod fails while the daemon restarts', async () => {
    const before = await takeTraces(here);
    const names = Array.from({ length: 40 }, (_, index) => `steady-${index + 1}`);
    const restartInTheMiddle = async (): Promise<void> => {
      await waitUntil(
        'a few have their address',
        async () => (await addressesInUse(here)).length > 2,
      );
      await here.host.restart();
    };
    const [pods] = await Promise.all([
      Promise.all(names.map((name) => run(here, { name }))),
      restartInTheMiddle(),
    ]);
    await Promise.all(pods.map((pod) => pod.remove()));
    expect(await tracesWhenSettled(here, before)).toEqual(before);
  });
});

/** Sends two megabytes from one place to another, which listens at this address. */
async function send(from: Vantage, to: Vantage, address: string): Promise<void> {
  const port = 9000;
  const sink = must(to.enter(['socat', '-u', `TCP-LISTEN:${port},reuseaddr`, '/dev/null']));
  const source = 'SYSTEM:head -c 2000000 /dev/zero';
  const target = `TCP:${address}:${port},retry=50,interval=0.1`;
  await Promise.all([sink, must(from.enter(['socat', '-u', source, target]))]);
}
