import { nodeTable, type RouteState } from '@poplin/backend';
import { familyOf } from '@poplin/net';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { planHost, planPeer } from './plan.js';
import { endOf, peerOf, viewOf } from './testing/nodes.js';

// fast-check prints the seed of a run that fails.

const place = fc.record({ near: fc.boolean(), last: fc.integer({ min: 1, max: 250 }) });
const block = fc.integer({ min: 0, max: 1023 });

const drawn = fc
  .record({
    own: fc.subarray(['192.168.7.1', 'fd77::1'], { minLength: 1 }),
    mtu: fc.integer({ min: 1280, max: 9000 }),
    mode: fc.constantFrom('always', 'cross-subnet'),
    four: fc.option(place),
    six: fc.option(place),
    blocks4: fc.uniqueArray(block, { maxLength: 4 }),
    blocks6: fc.uniqueArray(block, { maxLength: 4 }),
    peerMtu: fc.option(fc.integer({ min: 1300, max: 9000 }), { nil: undefined }),
  })
  .map(({ own, mtu, mode, four, six, blocks4, blocks6, peerMtu }) => ({
    end: endOf({ mode }),
    view: viewOf(mtu, ...own),
    peer: peerOf(
      'other',
      [
        ...(four ? [`192.168.${four.near ? 7 : 8}.${four.last}`] : []),
        ...(six ? [`fd7${six.near ? 7 : 8}::${six.last.toString(16)}`] : []),
      ],
      [
        ...blocks4.map((n) => `10.${200 + (n >> 8)}.${n & 255}.0/24`),
        ...blocks6.map((n) => `fd00:${n.toString(16)}::/64`),
      ],
      peerMtu,
    ),
  }));

function unicast(route: RouteState) {
  if (route.type !== 'unicast') throw new Error('a backend leads somewhere');
  return route;
}

it('every block is routed once, or refused by name', () => {
  fc.assert(
    fc.property(drawn, ({ end, view, peer }) => {
      const { state, refusals } = planPeer(end, peer, view);
      for (const dst of peer.blocks) {
        const routes = state.routes.filter((route) => route.dst === dst);
        const told = refusals.filter((text) => text.includes(dst) && text.includes('node other'));
        expect(routes.length + told.length).toBe(1);
      }
      expect(planPeer(end, peer, view)).toEqual({ state, refusals });
    }),
  );
});

it('the node is routed in the table of nodes alone, and every next hop of IPv6 there is one of its routes', () => {
  fc.assert(
    fc.property(drawn, ({ end, view, peer }) => {
      const routes = planPeer(end, peer, view).state.routes.map(unicast);
      const links = new Map(planHost(end, view).links.map((link) => [link.name, link]));
      for (const [at, route] of routes.entries()) {
        const host = peer.addresses.some((ip) => route.dst.startsWith(`${ip}/`));
        if (host) expect(route.table).toBe(nodeTable);
        if (route.link === view.underlay.link) {
          expect(end.options.mode).toBe('cross-subnet');
          continue;
        }
        const link = links.get(route.link);
        expect(route.mtu ?? 0).toBeLessThan(link?.mtu ?? 0);
        expect(link?.kind).toBe(familyOf(route.dst) === 'ipv4' ? 'ipip' : 'ip6tnl');
        if (link?.kind !== 'ip6tnl') continue;
        expect(route.table).toBe(nodeTable);
        if (!route.via) continue;
        const before = routes.slice(0, at).find(({ dst }) => dst === `${route.via}/128`);
        expect(before).toMatchObject({ link: route.link, table: nodeTable });
      }
    }),
  );
});
