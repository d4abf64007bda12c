import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Check } from '../demo/check.js';
import { proveNetworkModel } from '../demo/model.js';
import { reportNodes } from '../demo/report.js';
import { type AttachMode, type Host, Lab, type Pod } from '../lab/index.js';

/** The Kubernetes network model on three nodes with two pods each. */
describe.each<AttachMode>(['routed', 'bridge'])('pods that are attached %s', (attach) => {
  let lab: Lab;
  let pods: readonly Pod[];
  let checks: readonly Check[];

  beforeAll(async () => {
    lab = await Lab.create({ nodes: 3, attach });
    pods = await lab.addPods(2);
    checks = await proveNetworkModel(lab, pods);
  });

  afterAll(() => lab?.[Symbol.asyncDispose]());

  it.each([
    ['pod-pod', 30],
    ['node-pod', 18],
    ['pod-node', 18],
    ['pod-outside', 6],
  ] as const)('pass every check of kind %s, of which there are %i', (kind, count) => {
    const ofKind = checks.filter((check) => check.kind === kind);
    expect(ofKind).toHaveLength(count);
    expect(ofKind.filter(({ ok }) => !ok)).toEqual([]);
  });

  it('have addresses of their own, from blocks that belong to one node each', async () => {
    expect(new Set(pods.map(({ ip }) => ip)).size).toBe(6);
    const nodes = await reportNodes(lab);
    const blocks = nodes.flatMap((node) => node.blocks);
    expect(blocks).toHaveLength(3);
    expect(new Set(blocks).size).toBe(3);
  });

  it('see the address of the result inside of their namespace, and no other', async () => {
    for (const pod of pods) expect(await pod.namespace.addresses()).toEqual([pod.ip]);
  });

  it('leave no route, link and address behind when they are deleted', async () => {
    for (const pod of pods) await pod.remove();
    for (const host of lab.hosts) {
      expect(await podLinks(host)).toEqual([]);
      expect(await routesTo(host, pods)).toEqual([]);
      expect(await addressesInUse(host)).toEqual([]);
    }
  });
});

/** Names of the links that pods of a host hang on. */
async function podLinks(host: Host): Promise<readonly string[]> {
  const links = (await host.namespace.observe('link', 'show')) as readonly { ifname: string }[];
  return links.map(({ ifname }) => ifname).filter((name) => /^pop[0-9a-f]{11}$/.test(name));
}

/** Routes of a host to the very addresses of pods. */
async function routesTo(host: Host, pods: readonly Pod[]): Promise<readonly string[]> {
  const routes = (await host.namespace.observe('route', 'show')) as readonly { dst: string }[];
  const addresses = pods.map(({ ip }) => ip);
  return routes.map(({ dst }) => dst).filter((dst) => addresses.includes(dst));
}

/** What `poplinctl addresses` lists for a host. */
async function addressesInUse(host: Host): Promise<readonly unknown[]> {
  const { stdout } = await host.poplinctl('addresses', '--json');
  const { addresses } = JSON.parse(stdout) as { addresses: readonly { node: string }[] };
  return addresses.filter(({ node }) => node === host.name);
}
