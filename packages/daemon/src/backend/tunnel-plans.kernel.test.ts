import { vxlan } from '@poplin/backend-vxlan';
import { describe, expect, it } from 'vitest';
import { once, payload, reachAll, received } from './testing/reach.js';
import { twoNodes } from './testing/two-nodes.js';

// The plans, made by `ip` and `bridge` alone: what they ask of the kernel is right, whoever programs it.

const [a4, b4, a6, b6] = ['192.168.7.1', '192.168.7.2', 'fd77::1', 'fd77::2'];

/** Underlays of both nodes, and the links that IPv4 and IPv6 of pods take. */
const underlays = {
  'over both families': {
    addresses: [
      [a4, a6],
      [b4, b6],
    ],
    links: ['poplin.vxlan', 'poplin.vxlan6'],
  },
  'over IPv4': { addresses: [[a4], [b4]], links: ['poplin.vxlan', 'poplin.vxlan'] },
  'over IPv6': { addresses: [[a6], [b6]], links: ['poplin.vxlan6', 'poplin.vxlan6'] },
  'over IPv4, which one has alone': {
    addresses: [[a4], [b4, b6]],
    links: ['poplin.vxlan', 'poplin.vxlan'],
  },
  'over IPv6, which one has alone': {
    addresses: [[a4, a6], [b6]],
    links: ['poplin.vxlan6', 'poplin.vxlan6'],
  },
} as const;

describe.each(Object.entries(underlays))('vxlan %s', (_, { addresses, links }) => {
  it.each([0, 1, 2] as const)(
    'carries pods and nodes both ways with rp_filter %i',
    async (rpFilter) => {
      using nodes = await twoNodes(vxlan, {}, { addresses, rpFilter });
      reachAll(nodes);
    },
  );

  it('carries packets of exactly its MTU, and says what fits by the address of the node', async () => {
    using nodes = await twoNodes(vxlan, {}, { addresses, rpFilter: 1, mtus: [1500, 1400] });
    const { a, b } = nodes;
    for (const [pod, link, own] of [
      [b.pod4, links[0], a4],
      [b.pod6, links[1], a6],
    ] as const) {
      const fits = link === 'poplin.vxlan' ? 1350 : 1330;
      a.inPod(...once, '-M', 'do', '-s', payload(fits, pod), pod);
      const said = a.tryInPod(...once, '-M', 'do', '-s', payload(fits + 1, pod), pod);
      expect(said).toMatch(new RegExp(`mtu[=: ]+${fits}\\b`));
      if (addresses[0].some((ip) => ip === own)) expect(said).toContain(`From ${own} `);
    }
  });

  it('takes pods to nodes through the tunnel, not over the underlay', async () => {
    using nodes = await twoNodes(vxlan, {}, { addresses, rpFilter: 0 });
    const { a, b } = nodes;
    for (const node of b.addresses) {
      const link = node.includes(':') ? links[1] : links[0];
      const before = received(b, link);
      a.inPod(...once, node);
      expect(received(b, link)).toBe(before + 1);
    }
  });
});

describe('a packet that comes through a tunnel and is answered by another way', () => {
  it('is taken, however strict the host is', async () => {
    const addresses = [[a4], [b4]] as const;
    using nodes = await twoNodes(vxlan, {}, { addresses, rpFilter: 1 });
    const { a, b } = nodes;
    const plain = ['ip', 'route', 'replace', '10.244.1.0/26', 'via', a4, 'dev', 'eth0'];
    b.onNode(...plain, 'proto', '112');
    const before = counter(b.onNode('nstat', '-asz', 'TcpExtIPReversePathFilter'));
    a.tryInPod(...unanswered, b.pod4);
    expect(counter(b.onNode('nstat', '-asz', 'TcpExtIPReversePathFilter'))).toBe(before);
    b.onNode('ip', 'address', 'flush', 'dev', 'poplin.vxlan', 'scope', 'host');
    a.tryInPod(...unanswered, b.pod4);
    expect(counter(b.onNode('nstat', '-asz', 'TcpExtIPReversePathFilter'))).toBe(before + 1);
  });
});

/** A packet there; the answer is not waited for long. */
const unanswered = ['ping', '-n', '-c1', '-W1'] as const;

function counter(nstat: string): number {
  return Number(/ReversePathFilter\s+(\d+)/.exec(nstat)?.[1]);
}

describe('direct', () => {
  it('leaves the tunnel alone', async () => {
    const addresses = [
      [a4, a6],
      [b4, b6],
    ] as const;
    using nodes = await twoNodes(vxlan, { direct: true }, { addresses, rpFilter: 1 });
    const before = ['poplin.vxlan', 'poplin.vxlan6'].map((link) => received(nodes.b, link));
    reachAll(nodes);
    const after = ['poplin.vxlan', 'poplin.vxlan6'].map((link) => received(nodes.b, link));
    expect(after).toEqual(before);
  });
});
