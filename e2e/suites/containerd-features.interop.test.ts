import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { capabilities, capable } from '../containerd/capabilities.js';
import { Containerd } from '../containerd/containerd.js';
import { withOptions } from '../containerd/network-config.js';
import { reachByPing } from '../containerd/reach.js';
import type { Sandbox, SandboxRequest } from '../containerd/sandbox.js';
import { takeTraces, tracesWhenSettled } from '../containerd/traces.js';
import { flood, send } from '../containerd/traffic.js';
import { Lab } from '../lab/index.js';

/** Poplin's entry with a resolver of its own, of which the runtime is not to know. */
const ownResolver = withOptions({ capabilities, dns: { nameservers: ['192.0.2.53'] } });

/** What Poplin does itself of what containerd sends, besides host ports: docs/cni.md. */
describe('containerd and Poplin without another plugin', () => {
  let lab: Lab;
  let here: Containerd;

  beforeAll(async () => {
    lab = await Lab.create({ nodes: 1 });
    here = await Containerd.start(lab.host('n1'), { capable, 'own-resolver': ownResolver });
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());

  const run = (request: SandboxRequest): Promise<Sandbox> =>
    here.run({ handler: 'capable', ...request });

  it('are told of each other by what poplinctl installs', () => {
    const { plugins } = JSON.parse(readFileSync(here.installedConfig, 'utf8')) as {
      readonly plugins: readonly object[];
    };
    expect(plugins).toEqual([expect.objectContaining({ type: 'poplin', capabilities })]);
  });

  it('annotations limit the bandwidth of a pod both ways, in spite of the burst that containerd sends', async () => {
    const before = await takeTraces(here);
    const { namespace, address } = here.host;
    const pod = await run({
      name: 'slow',
      annotations: {
        'kubernetes.io/ingress-bandwidth': '80M',
        'kubernetes.io/egress-bandwidth': '160M',
      },
    });
    for (const rate of ['80Mbit', '160Mbit'])
      expect(await namespace.must(['tc', 'qdisc', 'show'])).toContain(`rate ${rate}`);
    // Two megabytes each way, more than any sane burst, so that packets have to wait.
    await send(2e6, namespace, pod, pod.ip);
    await send(2e6, pod, namespace, address);
    const counters = await namespace.must(['tc', '-s', 'qdisc', 'show']);
    const overlimits = [...counters.matchAll(/qdisc tbf[^\n]*\n[^\n]*overlimits (\d+)/g)];
    expect(overlimits.map(([, count]) => Number(count) > 0)).toEqual([true, true]);
    await pod.remove();
    expect(await tracesWhenSettled(here, before)).toEqual(before);
  });

  it('a pod with 10 Mbit/s gets a fraction of what one without a limit gets meanwhile', async () => {
    const annotations = { 'kubernetes.io/ingress-bandwidth': '10M' };
    await using slow = await run({ name: 'ten-megabits', annotations });
    await using free = await run({ name: 'free' });
    const [little = 0, much = 0] = await flood(lab, here.host.namespace, [slow, free], 1e6);
    expect(little).toBeGreaterThanOrEqual(1e6);
    expect(much / little).toBeGreaterThan(10);
  });

  it('annotations choose address and MAC', async () => {
    await using any = await run({ name: 'any' });
    const wanted = any.ip.replace(/\d+$/, (last) => `${(Number(last) & ~63) + 50}`);
    await using pod = await run({
      name: 'chosen',
      annotations: { 'poplin.dev/ips': wanted, 'poplin.dev/mac': '0a:58:00:00:00:07' },
    });
    expect(pod.ips).toEqual([wanted]);
    expect(await pod.must(['ip', 'link', 'show', 'eth0'])).toContain('0a:58:00:00:00:07');
    const rival = run({ name: 'rival', annotations: { 'poplin.dev/ips': wanted } });
    await expect(rival).rejects.toThrow(/lab\/chosen/);
    await reachByPing(here.host.namespace, pod);
  });

  it.each([
    ['poplin.dev/ips', '10.244.300.1'],
    ['poplin.dev/ips', '192.0.2.1'],
    ['poplin.dev/mac', '01:00:5e:00:00:01'],
  ])('an annotation %s of %s is refused, by name, and leaves nothing', async (key, value) => {
    const before = await takeTraces(here);
    const refused = run({ name: 'misled', annotations: { [key]: value } });
    await expect(refused).rejects.toThrow(value);
    expect(await tracesWhenSettled(here, before)).toEqual(before);
  });

  it.each(['capable', 'own-resolver'])(
    "the resolver that the pod wants is in the result and in its file, handler '%s'",
    async (handler) => {
      const dns = { servers: ['10.96.0.10'], searches: ['lab.svc'], options: ['ndots:5'] };
      await using pod = await run({ name: 'resolver', handler, dns });
      expect(dnsInResult(pod)).toMatchObject({
        nameservers: dns.servers,
        search: dns.searches,
        options: dns.options,
      });
      expect(resolvConf(pod)).toBe('search lab.svc\nnameserver 10.96.0.10\noptions ndots:5\n');
    },
  );

  it('a pod that wants none has the file that the runtime makes, whatever the network says', async () => {
    await using pod = await run({ name: 'resolver', handler: 'own-resolver' });
    expect(dnsInResult(pod)).toMatchObject({ nameservers: ['192.0.2.53'] });
    expect(resolvConf(pod)).toBe(readFileSync('/etc/resolv.conf', 'utf8'));
  });
});

/** What the CNI library keeps of the answer to ADD. */
function dnsInResult(pod: Sandbox): unknown {
  const cached = readFileSync(`/var/lib/cni/results/poplin-${pod.id}-eth0`, 'utf8');
  const { result } = JSON.parse(cached) as { readonly result: { readonly dns: unknown } };
  return result.dns;
}

/** As the program of the pod sees it. */
const resolvConf = (pod: Sandbox): string =>
  readFileSync(`/proc/${pod.pid}/root/etc/resolv.conf`, 'utf8');
