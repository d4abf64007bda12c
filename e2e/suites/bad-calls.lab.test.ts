import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  callFor,
  callPlugin,
  failureOf,
  Lab,
  makeContainer,
  Namespace,
  type PluginCall,
} from '../lab/index.js';

/** CNI calls that cannot be served: a clear error in JSON, and nothing half-done. */
describe('an ADD', () => {
  let lab: Lab;
  let namespace: Namespace;

  beforeAll(async () => {
    lab = await Lab.create({ nodes: 1 });
    namespace = await Namespace.create(`${lab.id}-victim`);
  });

  afterAll(() => lab?.[Symbol.asyncDispose]());

  const cases: readonly (readonly [string, () => Partial<PluginCall>, number, RegExp])[] = [
    [
      'into a namespace that does not exist',
      () => ({ netns: '/run/netns/nowhere' }),
      4,
      /\/run\/netns\/nowhere/,
    ],
    [
      "into the host's own namespace",
      () => ({ netns: lab.host('n1').namespace.path }),
      8,
      /host's own network namespace/,
    ],
    [
      'with an interface name of 16 bytes',
      () => ({ ifname: 'sixteen-bytes-xx' }),
      4,
      /more than 15 bytes/,
    ],
    [
      'with truncated JSON',
      () => ({ config: '{"cniVersion":"1.0.0","name":"pop' }),
      6,
      /not valid JSON/,
    ],
    [
      'on a socket where nobody listens',
      () => ({ config: { ...lab.host('n1').networkConfig, socket: '/run/poplin-nobody.sock' } }),
      11,
      /\/run\/poplin-nobody\.sock/,
    ],
  ];

  it.each(cases)('%s is refused', async (_what, change, code, message) => {
    const host = lab.host('n1');
    const before = await host.namespace.must(['ip', '-brief', 'link', 'show']);
    const call = { ...callFor(host, makeContainer('bad'), namespace), command: 'ADD' as const };
    const failure = failureOf(await callPlugin({ ...call, ...change() }));
    expect(failure).toMatchObject({ code, msg: expect.stringMatching(message) });
    expect(await host.namespace.must(['ip', '-brief', 'link', 'show'])).toBe(before);
    expect(await namespace.addresses()).toEqual([]);
    expect(await addresses()).toEqual([]);
  });

  it('of an interface that exists is refused and leaves the first as it is', async () => {
    await using pod = await lab.host('n1').addPod('once');
    const call = { ...callFor(pod.host, pod.container, pod.namespace), command: 'ADD' as const };
    expect(failureOf(await callPlugin(call)).msg).toMatch(/eth0/);
    expect(await pod.namespace.addresses()).toEqual([pod.ip]);
    await pod.namespace.must(['ping', '-n', '-c1', '-W2', lab.host('n1').address]);
  });

  it('that follows a DEL gets an address again', async () => {
    const host = lab.host('n1');
    await (await host.addPod('again')).remove();
    await using pod = await host.addPod('again');
    expect(pod.ip).toMatch(/^10\.244\./);
  });

  async function addresses(): Promise<readonly unknown[]> {
    const { stdout } = await lab.host('n1').poplinctl('addresses', '--json');
    return (JSON.parse(stdout) as { addresses: readonly unknown[] }).addresses;
  }
});

describe('a DEL', () => {
  it('of what was never added succeeds, as often as it is called', async () => {
    await using lab = await Lab.create({ nodes: 1 });
    const host = lab.host('n1');
    const call = { ...callFor(host, makeContainer('ghost'), host.namespace), netns: '' };
    for (let time = 0; time < 3; time++)
      expect(await callPlugin({ ...call, command: 'DEL' })).toMatchObject({
        status: 0,
        stdout: '',
      });
  });
});

describe('an exhausted pool', () => {
  it('refuses the next pod, naming the pool, how full it is and what to do, and recovers', async () => {
    await using lab = await Lab.create({
      nodes: 1,
      pools: [{ cidr: '10.9.0.0/29', blockSize: 30 }],
    });
    const host = lab.host('n1');
    const pods = [];
    let refusal: unknown;
    while (refusal === undefined && pods.length <= 8) {
      try {
        pods.push(await host.addPod(`fill-${pods.length}`));
      } catch (error) {
        refusal = error;
      }
    }
    expect(String(refusal)).toMatch(/pool "p0"/);
    expect(String(refusal)).toMatch(/10\.9\.0\.0\/29/);
    expect(String(refusal)).toMatch(/\d+ of \d+/);
    expect(new Set(pods.map(({ ip }) => ip)).size).toBe(pods.length);
    for (const pod of pods) await pod.remove();
    expect((await host.poplinctl('status', '--json')).status).toBe(0);
  });
});
