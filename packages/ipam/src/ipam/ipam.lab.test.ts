import type { Cidr } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { useEtcd } from '../testing/etcd-fixture.js';
import { ask, assign, pool, startNode } from '../testing/ipam-fixture.js';
import { eventually } from '../testing/recorder.js';
import type { Ipam } from './ipam.js';

const etcd = useEtcd();

describe('address management over etcd', () => {
  it('gives many nodes that claim at once blocks that share no address', async () => {
    const prefix = etcd.newPrefix();
    const pools = [pool('10.244.0.0/24', 29)];
    const names = Array.from({ length: 16 }, (_, i) => `n${i}`);
    const registries = await Promise.all(names.map(() => etcd.open({ prefix })));
    const nodes = await Promise.all(
      registries.map((registry, i) => startNode(registry, { pools, nodeName: `n${i}` })),
    );
    const ips = await Promise.all(
      nodes.flatMap((ipam, i) => Array.from({ length: 12 }, (_, c) => assign(ipam, `n${i}-c${c}`))),
    );
    expect(new Set(ips.flat()).size).toBe(16 * 12);
    const blocks = nodes.flatMap((ipam) => ipam.blocks().map(({ record }) => record.cidr));
    expect(new Set(blocks).size).toBe(blocks.length);
    const listed = (await registries[0]?.list('blocks/'))?.entries.length;
    expect(listed).toBe(blocks.length);
    await Promise.all(nodes.map((ipam) => ipam[Symbol.asyncDispose]()));
  });

  it('gives an address that two nodes are asked for at once to one of them', async () => {
    const prefix = etcd.newPrefix();
    const pools = [pool('10.244.0.0/24', 29)];
    const registries = await Promise.all([etcd.open({ prefix }), etcd.open({ prefix })]);
    const nodes = await Promise.all(
      registries.map((registry, i) => startNode(registry, { pools, nodeName: `n${i}` })),
    );
    const taken = new Set(nodes.flatMap((ipam) => ipam.blocks().map(({ record }) => record.cidr)));
    const free = [0, 8, 16]
      .map((n) => `10.244.0.${n}`)
      .find((ip) => !taken.has(`${ip}/29` as Cidr));
    const ends = await Promise.allSettled(
      nodes.map((ipam) => ask(ipam, 'c1', [free ?? 'one of three is free'])),
    );
    const won = ends.findIndex(({ status }) => status === 'fulfilled');
    expect(
      ends.map((end) => (end.status === 'fulfilled' ? end.value : end.reason.code)).sort(),
    ).toEqual([[free], 'ADDRESS_ELSEWHERE'].sort());
    const later = ask(nodes[1 - won] as Ipam, 'c2', [free as string]);
    await expect(later).rejects.toMatchObject({
      code: 'ADDRESS_ELSEWHERE',
      message: `address ${free} is in block ${free}/29 of node n${won}`,
    });
    await Promise.all(nodes.map((ipam) => ipam[Symbol.asyncDispose]()));
  });

  it('goes on from own blocks while etcd is down, and grows again when it is back', async () => {
    const registry = await etcd.open();
    const pools = [pool('10.244.0.0/24', 29)];
    await using ipam = await startNode(registry, { pools });
    await assign(ipam, 'c0');
    await etcd.server.kill();
    try {
      for (let i = 1; i < 8; i++) expect(await assign(ipam, `c${i}`)).toHaveLength(1);
      await expect(assign(ipam, 'c8')).rejects.toMatchObject({ code: 'CLAIM_FAILED' });
    } finally {
      await etcd.server.start();
    }
    await eventually(() => assign(ipam, 'c8'));
    expect(ipam.blocks()).toHaveLength(2);
    expect(ipam.assignments()).toHaveLength(9);
  });
});
