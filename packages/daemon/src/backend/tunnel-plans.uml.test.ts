import { ipip } from '@poplin/backend-ipip';
import { describe, expect, it } from 'vitest';
import { once, payload, reachAll, received } from './testing/reach.js';
import { twoNodes } from './testing/two-nodes.js';

// As tunnel-plans.kernel.test.ts, on a kernel that has ipip and ip6tnl.

const addresses = [
  ['192.168.7.1', 'fd77::1'],
  ['192.168.7.2', 'fd77::2'],
] as const;
const links = ['poplin.ipip', 'poplin.ip6tnl'] as const;

describe('ipip', () => {
  it.each([0, 1, 2] as const)(
    'carries pods and nodes both ways with rp_filter %i',
    async (rpFilter) => {
      using nodes = await twoNodes(ipip, {}, { addresses, rpFilter });
      reachAll(nodes);
      for (const link of links) expect(received(nodes.b, link)).toBeGreaterThan(0);
    },
  );

  it('carries packets of exactly its MTU, and says what fits by the address of the node', async () => {
    using nodes = await twoNodes(ipip, {}, { addresses, rpFilter: 1, mtus: [1500, 1400] });
    const { a, b } = nodes;
    for (const [pod, own, fits] of [
      [b.pod4, addresses[0][0], 1380],
      [b.pod6, addresses[0][1], 1360],
    ] as const) {
      a.inPod(...once, '-M', 'do', '-s', payload(fits, pod), pod);
      const said = a.tryInPod(...once, '-M', 'do', '-s', payload(fits + 1, pod), pod);
      expect(said).toMatch(new RegExp(`mtu[=: ]+${fits}\\b`));
      expect(said).toContain(`From ${own} `);
    }
  });

  it('takes pods to nodes through the tunnel, not over the underlay', async () => {
    using nodes = await twoNodes(ipip, {}, { addresses, rpFilter: 0 });
    const { a, b } = nodes;
    for (const [at, node] of b.addresses.entries()) {
      const link = links[at] ?? '';
      const before = received(b, link);
      a.inPod(...once, node);
      expect(received(b, link)).toBe(before + 1);
    }
  });

  it('in mode cross-subnet leaves the tunnel alone on one link', async () => {
    using nodes = await twoNodes(ipip, { mode: 'cross-subnet' }, { addresses, rpFilter: 1 });
    reachAll(nodes);
    for (const link of links) expect(received(nodes.b, link)).toBe(0);
  });
});
