import { nodeTable, planNetwork, type RouteState } from '@poplin/backend';
import { type Family, familyOf, firstIp, hostCidr } from '@poplin/net';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { planHost, planPeer } from './plan.js';
import { peerOf, pools, underlayOf, vtepOf } from './testing/nodes.js';

// fast-check prints the seed of a run that fails.

const ownAddresses = fc.subarray(['192.168.7.1', 'fd77::1'], { minLength: 1 });

const address = (family: Family) =>
  fc
    .record({ near: fc.boolean(), last: fc.integer({ min: 1, max: 250 }) })
    .map(({ near, last }) =>
      family === 'ipv4' ? `192.168.${near ? 7 : 8}.${last}` : `fd7${near ? 7 : 8}::${last}`,
    );

const block = fc.integer({ min: 0, max: 1023 });

const anyPeer = fc.record({
  name: fc.stringMatching(/^[a-z]{1,8}$/),
  four: fc.option(address('ipv4')),
  six: fc.option(address('ipv6')),
  blocks4: fc.uniqueArray(block, { maxLength: 4 }),
  blocks6: fc.uniqueArray(block, { maxLength: 4 }),
  mtu: fc.option(fc.integer({ min: 1300, max: 9000 }), { nil: undefined }),
  vni: fc.constantFrom(1, 1, 1, 2),
});

const cluster = fc.record({
  own: ownAddresses,
  mtu: fc.integer({ min: 1280, max: 9000 }),
  options: fc.record({ direct: fc.boolean() }),
  suffix: fc.constantFrom('', '.b'),
  peers: fc.uniqueArray(anyPeer, { maxLength: 12, selector: ({ name }) => name }),
});

const drawn = cluster.map(({ own, mtu, options, suffix, peers }) => ({
  vtep: vtepOf(options, suffix),
  view: { underlay: underlayOf(mtu, ...own), pools },
  peers: peers.map(({ name, four, six, blocks4, blocks6, mtu, vni }) =>
    peerOf(
      name,
      [four, six].filter((text) => text !== null),
      [
        ...blocks4.map((n) => `10.${200 + (n >> 8)}.${n & 255}.0/24`),
        ...blocks6.map((n) => `fd00:${n.toString(16)}::/64`),
      ],
      { vni, ...(mtu !== undefined && { mtu }) },
    ),
  ),
}));

function planOf({ vtep, view, peers }: typeof drawn extends fc.Arbitrary<infer T> ? T : never) {
  const running = {
    planHost: (v: typeof view) => planHost(vtep, v),
    planPeer: (peer: (typeof peers)[number], v: typeof view) => planPeer(vtep, peer, v),
  };
  return planNetwork(running, peers, view);
}

function unicast(route: RouteState) {
  if (route.type !== 'unicast') throw new Error('a backend leads somewhere');
  return route;
}

it('every block of every peer is routed once, or refused by name', () => {
  fc.assert(
    fc.property(drawn, (network) => {
      for (const peer of network.peers) {
        const { state, refusals } = planPeer(network.vtep, peer, network.view);
        for (const block of peer.blocks) {
          const routes = state.routes.filter(({ dst }) => dst === block);
          const told = refusals.filter((text) => text.includes(block) && text.includes(peer.name));
          expect(routes.length + told.length).toBe(1);
        }
      }
    }),
  );
});

it('the same question gets the same answer, and peers do not depend on one another', () => {
  fc.assert(
    fc.property(drawn, (network) => {
      const { vtep, view, peers } = network;
      const before = JSON.stringify(network);
      const whole = planOf(network);
      expect(planOf({ vtep, view, peers: peers.toReversed().toReversed() })).toEqual(whole);
      expect(planOf({ vtep, view, peers: peers.toReversed() }).state.routes.length).toBe(
        whole.state.routes.length,
      );
      expect(JSON.stringify(network)).toBe(before);
    }),
  );
});

it('nodes are routed in the table of nodes alone, and never to this node itself', () => {
  fc.assert(
    fc.property(drawn, (network) => {
      const own = new Set(network.view.underlay.addresses.map(({ ip }) => `${ip}`));
      const nodes = new Set(network.peers.flatMap(({ addresses }) => addresses.map(String)));
      for (const route of planOf(network).state.routes.map(unicast)) {
        const host = route.dst.replace(/\/(32|128)$/, '');
        if (nodes.has(host)) expect(route.table).toBe(nodeTable);
        else expect(route.table).toBeUndefined();
        expect(own.has(host)).toBe(false);
        expect(own.has(route.via ?? '')).toBe(false);
      }
    }),
  );
});

it('nothing refers to a link, a next hop or a MAC that the plan does not make', () => {
  fc.assert(
    fc.property(drawn, (network) => {
      const { state } = planOf(network);
      const links = new Map(state.links.map((link) => [link.name, link]));
      const known = new Set(state.neighbours.map(({ link, ip, mac }) => `${link} ${ip} ${mac}`));
      const hops = new Set(state.neighbours.map(({ link, ip }) => `${link} ${ip}`));
      const macs = new Set(state.neighbours.map(({ link, mac }) => `${link} ${mac}`));
      const reached = new Set(state.fdb.map(({ link, mac }) => `${link} ${mac}`));
      expect(reached).toEqual(macs);
      expect(known.size).toBeGreaterThanOrEqual(hops.size);
      for (const route of state.routes.map(unicast)) {
        if (route.link === network.view.underlay.link) {
          expect(network.vtep.options.direct).toBe(true);
          continue;
        }
        expect(hops).toContain(`${route.link} ${route.via ?? firstIp(route.dst)}`);
        if (route.via === undefined) expect(route.dst).toBe(hostCidr(firstIp(route.dst)));
        const link = links.get(route.link);
        expect(route.mtu ?? 0).toBeLessThan(link?.mtu ?? 0);
        if (familyOf(route.dst) === 'ipv6') {
          expect(route.mtu ?? link?.mtu).toBeGreaterThanOrEqual(1280);
        }
      }
    }),
  );
});

it('names what is Poplin’s, within the 15 bytes of a name, and touches nothing else', () => {
  fc.assert(
    fc.property(drawn, (network) => {
      const { state } = planOf(network);
      for (const { name } of state.links) expect(name).toMatch(/^poplin\.[a-z0-9.]{1,8}$/);
      for (const { link } of [...state.neighbours, ...state.fdb, ...state.addresses]) {
        expect(link).toMatch(/^poplin\.vxlan/);
      }
      for (const { key } of state.sysctls)
        expect(key).toMatch(/\/conf\/poplin\.vxlan[^/]*\/[a-z_]+$/);
      const { links, routes, neighbours, fdb, addresses, sysctls, rules, tunnels, ...rest } = state;
      for (const [kind, part] of Object.entries(rest)) expect([kind, part]).toEqual([kind, []]);
    }),
  );
});
