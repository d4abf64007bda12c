import { families, type Ip } from '@poplin/net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ConformanceSubject, UnderlayKind } from '../subject.js';
import { observed } from './observe.js';
import { ping, pings } from './pod.js';
import { KernelStage } from './stage.js';

/** Longest time of one test, ms: a host that does not answer is tried for a while. */
const timeout = 60_000;

/** Rules about what plans do to a kernel, between two hosts. They build on each other, in this order. */
export function kernelRules(subject: ConformanceSubject, entry: URL, kind: UnderlayKind): void {
  let stage: KernelStage;
  beforeAll(async () => {
    stage = await KernelStage.make(subject, entry, kind);
  }, timeout);
  afterAll(() => stage?.[Symbol.asyncDispose](), timeout);

  it('finds all that it needs in this kernel', { timeout }, async () => {
    for (const one of stage.hosts) {
      await one.process.apply([]);
      expect(await one.process.look()).toEqual({ changed: [], failed: [], waiting: [] });
    }
    await stage.rememberAlone();
  });

  it('reaches the other host, and asks for nothing that it may not have', { timeout }, async () => {
    for (const applied of await stage.meet())
      expect(applied).toEqual({ refusals: [], forbidden: [] });
  });

  it.each(families)('carries packets between pods, both ways: %s', { timeout }, async (family) => {
    const [a, b] = stage.pods;
    expect(await pings(a.namespace, b.addresses[family])).toBe('answered');
    expect(await pings(b.namespace, a.addresses[family])).toBe('answered');
  });

  it.each(families)('carries packets between pods and hosts: %s', { timeout }, async (family) => {
    const [, pod] = stage.pods;
    const [host] = stage.hosts;
    expect(await pings(pod.namespace, addressOf(host, family))).toBe('answered');
    expect(await pings(host.namespace, pod.addresses[family])).toBe('answered');
  });

  it.each(families)(
    'carries packets of the underlay’s MTU less its overhead, and tells the senders of larger ones: %s',
    { timeout },
    async (family) => {
      const [a, b] = stage.pods;
      const fits = stage.mtu(family);
      expect(await pings(a.namespace, b.addresses[family], fits)).toBe('answered');
      const { status, said } = await ping(a.namespace, b.addresses[family], fits + 1);
      expect(status).not.toBe(0);
      expect(said).toMatch(/too long|frag needed|too big/i);
    },
  );

  it('changes nothing when it is applied again', { timeout }, async () => {
    const before = await Promise.all(stage.hosts.map(({ namespace }) => observed(namespace)));
    await stage.meet();
    for (const { process } of stage.hosts)
      expect(await process.look()).toEqual({ changed: [], failed: [], waiting: [] });
    expect(await Promise.all(stage.hosts.map(({ namespace }) => observed(namespace)))).toEqual(
      before,
    );
  });

  it('stops and starts, and what carries packets stays', { timeout }, async () => {
    const [a, b] = stage.pods;
    const [host] = stage.hosts;
    const before = await observed(host.namespace);
    await host.process.stop();
    if (subject.dataPlane !== 'process') {
      expect(await observed(host.namespace)).toEqual(before);
      for (const family of families)
        expect(await pings(a.namespace, b.addresses[family])).toBe('answered');
    }
    await stage.restart();
    expect(await observed(host.namespace)).toEqual(before);
    for (const family of families)
      expect(await pings(a.namespace, b.addresses[family])).toBe('answered');
  });

  it('leaves nothing of a peer that has gone', { timeout }, async () => {
    expect(await stage.part()).toEqual(stage.alone);
  });
}

function addressOf({ underlay }: KernelStage['hosts'][0], family: 'ipv4' | 'ipv6'): Ip {
  const found = underlay.addresses.find((address) => address.family === family);
  if (found) return found.ip;
  throw new Error(`the host has no ${family} address`);
}
