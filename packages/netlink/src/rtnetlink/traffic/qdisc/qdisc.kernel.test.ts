import { describe, expect, it } from 'vitest';
import {
  type ThrowawayNamespace,
  throwawayNamespace,
} from '../../../../test-support/throwaway-namespaces.js';
import { type Netlink, openNetlink } from '../../netlink.js';

const tc = (host: ThrowawayNamespace, ...args: string[]): Record<string, unknown>[] =>
  JSON.parse(host.exec('tc', '-j', '-s', ...args) || '[]');

/** A link to shape, that is up. */
async function link(netlink: Netlink): Promise<number> {
  await netlink.link.add({ kind: 'veth', name: 'v0', up: true, peer: { name: 'v1' } });
  return (await netlink.link.get({ name: 'v0' })).ifindex;
}

describe('queueing disciplines', () => {
  it('hold traffic back to a rate (tbf), as tc tells it', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const ifindex = await link(netlink);
    await netlink.qdisc.add({
      ifindex,
      kind: 'tbf',
      handle: '1:',
      rate: 10_000_000,
      burst: 20_000,
      limit: 100_000,
    });
    const [told] = tc(host, 'qdisc', 'show', 'dev', 'v0');
    expect(told).toMatchObject({
      kind: 'tbf',
      handle: '1:',
      root: true,
      options: { rate: 1_250_000, burst: 20_000 },
    });
    const [qdisc] = await netlink.qdisc.list({ ifindex });
    expect(qdisc).toMatchObject({
      ifindex,
      kind: 'tbf',
      handle: '1:',
      parent: 'root',
      options: { kind: 'tbf', rate: 10_000_000, burst: 20_000, limit: 100_000 },
      statistics: { bytes: BigInt(told?.bytes as number), drops: 0, backlog: 0 },
    });
  });

  it('take a latency for the limit, a peak rate, and rates beyond 32 bits', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const ifindex = await link(netlink);
    const shared = { ifindex, handle: '1:', kind: 'tbf' } as const;
    await netlink.qdisc.add({ ...shared, rate: 8_000_000, burst: 10_000, latency: 50 });
    expect(await netlink.qdisc.list({ ifindex })).toMatchObject([{ options: { limit: 60_000 } }]);
    expect(tc(host, 'qdisc', 'show', 'dev', 'v0')).toMatchObject([{ options: { lat: 50_000 } }]);
    await netlink.qdisc.change({
      ...shared,
      rate: 1_000_000,
      burst: 5_000,
      limit: 9_000,
      peakRate: 2_000_000,
      mtu: 1_600,
    });
    expect(await netlink.qdisc.list({ ifindex })).toMatchObject([
      { options: { rate: 1_000_000, burst: 5_000, limit: 9_000, peakRate: 2_000_000 } },
    ]);
    const text = host.exec('tc', 'qdisc', 'show', 'dev', 'v0');
    expect(text).toContain('rate 1Mbit burst 5000b peakrate 2Mbit minburst 1600b');
    const rate = 100_000_000_000;
    await netlink.qdisc.replace({ ...shared, rate, burst: 1_000_000, limit: 1_000_000 });
    expect(tc(host, 'qdisc', 'show', 'dev', 'v0')).toMatchObject([{ options: { rate: rate / 8 } }]);
    expect(await netlink.qdisc.list({ ifindex })).toMatchObject([{ options: { rate } }]);
  });

  it('are read as tc made them', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const ifindex = await link(netlink);
    const rate = ['rate', '3mbit', 'burst', '15k', 'limit', '30000'];
    host.exec('tc', 'qdisc', 'add', 'dev', 'v0', 'root', 'handle', '5:', 'tbf', ...rate);
    host.exec('tc', 'qdisc', 'add', 'dev', 'v0', 'clsact');
    expect(await netlink.qdisc.list({ ifindex })).toMatchObject([
      {
        kind: 'tbf',
        handle: '5:',
        options: { rate: 3_000_000, burst: 15 * 1024, limit: 30_000 },
      },
      { kind: 'clsact', handle: 'ffff:', parent: 'ffff:fff1' },
    ]);
    host.exec('tc', 'qdisc', 'replace', 'dev', 'v0', 'root', 'handle', '7:', 'htb', 'default', '1');
    const [htb] = await netlink.qdisc.list({ ifindex });
    expect(htb).toMatchObject({ kind: 'htb', handle: '7:', parent: 'root' });
    expect(htb).not.toHaveProperty('options');
  });

  it('are made at the ingress, replaced and deleted', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const ifindex = await link(netlink);
    const kinds = (): unknown[] => tc(host, 'qdisc', 'show', 'dev', 'v0').map((q) => q.kind);
    await netlink.qdisc.add({ ifindex, kind: 'ingress' });
    expect(kinds()).toContain('ingress');
    await netlink.qdisc.del({ ifindex, kind: 'ingress' });
    await netlink.qdisc.add({ ifindex, kind: 'clsact' });
    expect(kinds()).toContain('clsact');
    await netlink.qdisc.add({ ifindex, kind: 'default', name: 'pfifo', handle: '1:' });
    expect(kinds()).toContain('pfifo');
    await netlink.qdisc.del({ ifindex });
    await netlink.qdisc.del({ ifindex, kind: 'clsact' });
    expect(kinds()).toEqual(['noqueue']);
  });

  it('say what is wrong, in the words of the kernel', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const ifindex = await link(netlink);
    const tbf = { ifindex, kind: 'tbf', rate: 8_000, burst: 2_000, limit: 9_000 } as const;
    await netlink.qdisc.add(tbf);
    await expect(netlink.qdisc.add(tbf)).rejects.toMatchObject({
      code: 'EEXIST',
      operation: `add qdisc tbf on link #${ifindex}`,
      kernelText: expect.stringContaining('Exclusivity flag on'),
    });
    const unknown = { ifindex, kind: 'default', name: 'none-such' } as const;
    await expect(netlink.qdisc.replace(unknown)).rejects.toMatchObject({
      code: 'ENOENT',
      kernelText: 'Specified qdisc kind is unknown',
    });
    await expect(netlink.qdisc.del({ ifindex, kind: 'clsact' })).rejects.toMatchObject({
      code: expect.stringMatching(/^(EINVAL|ENOENT)$/),
    });
    await expect(netlink.qdisc.add({ ...tbf, ifindex: 4711 })).rejects.toMatchObject({
      code: 'ENODEV',
    });
  });
});
