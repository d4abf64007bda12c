import {
  checkBackendState,
  type KernelState,
  kernelStateSchema,
  type NetworkView,
  type Peer,
  planNetwork,
  type RouteState,
  type RunningBackend,
} from '@poplin/backend';
import { cidrCovers, families } from '@poplin/net';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ConformanceSubject } from '../subject.js';
import { hostOf, ownBlocks, peerOf, pools, rulesOf, underlayOf, view } from './example-network.js';
import { deepFreeze, throughJson, withRunning } from './stage.js';

/** Most bytes that an encapsulation may add to a packet. */
const maxOverhead = 1_000;

/** The backend on n1, and peers with the data that it publishes on n2, n3, …. */
type Work = (running: RunningBackend, peers: readonly Peer[]) => void | Promise<void>;

/** Rules about plans. */
export function planRules(subject: ConformanceSubject): void {
  const withPeers = (work: Work, linkSuffix = '') =>
    withRunning(
      subject,
      [hostOf(1, linkSuffix), ...[2, 3, 4].map((node) => hostOf(node, linkSuffix))],
      async ([running, ...others]) => {
        if (!running) throw new Error('nothing was started');
        const data = others.map(({ published }) =>
          subject.backend.peerData.parse(throughJson(published)),
        );
        const [second, third, fourth] = data;
        const peers = [
          peerOf(2, second),
          peerOf(3, third),
          peerOf(4, fourth, 'behind a router'),
        ].map(deepFreeze);
        running.peersChanged?.(peers, deepFreeze(view));
        await work(running, peers);
      },
    );

  it('plans JSON that is a kernel state, with nothing that a backend may not ask for', () =>
    withPeers((running, peers) => {
      const { state } = planNetwork(running, peers, view);
      expectSound(state, peers);
    }));

  it('answers the same for the same arguments, and leaves these as they are', () =>
    withPeers((running, peers) => {
      const first = planNetwork(running, peers, view);
      expect(planNetwork(running, throughJson(peers), throughJson(view))).toEqual(first);
    }));

  it('plans a peer the same, whoever else there is and in whatever order', () =>
    withPeers((running, peers) => {
      const alone = new Map(peers.map((peer) => [peer.name, running.planPeer(peer, view)]));
      for (const peer of [...peers].reverse())
        expect(running.planPeer(peer, view)).toEqual(alone.get(peer.name));
      const host = running.planHost(view);
      running.planPeer(peerOf(9, peers[0]?.data), view);
      expect(running.planHost(view)).toEqual(host);
    }));

  it('routes every block of a peer, or says in a sentence why not', () =>
    withPeers((running, peers) => {
      for (const peer of peers) expectReachedOrRefused(running, peer, view);
    }));

  it('does so whatever addresses, blocks and MTU a peer has', () =>
    withPeers((running, peers) => {
      const [one] = peers;
      const any = fc.record({
        addresses: fc.subarray([...(one?.addresses ?? [])]),
        blocks: fc.subarray([...(one?.blocks ?? [])]),
        mtu: fc.integer({ min: 1280, max: 9000 }),
        underlay: fc.integer({ min: 1280, max: 9000 }),
      });
      fc.assert(
        fc.property(any, ({ addresses, blocks, mtu, underlay }) => {
          const peer: Peer = { name: 'n2', data: one?.data, addresses, blocks, mtu };
          const now = { ...view, underlay: underlayOf(1, underlay) };
          expectReachedOrRefused(running, peer, now);
          expectSound(running.planPeer(peer, now).state, [peer]);
        }),
      );
    }));

  it('does not lead to a peer by an address that is this node’s own', () =>
    withPeers((running, peers) => {
      const own = view.underlay.addresses.map(({ ip }) => ip);
      const twin = { ...peerOf(2, peers[0]?.data), addresses: own };
      const { state } = running.planPeer(twin, view);
      for (const route of state.routes)
        expect(route.type === 'unicast' && own.some((ip) => ip === route.via)).toBe(false);
    }));

  it('asks for nothing on behalf of a peer without blocks that it would not ask for with them', () =>
    withPeers((running, peers) => {
      for (const peer of peers) {
        const idle = running.planPeer({ ...peer, blocks: [] }, view);
        expectSound(idle.state, peers);
        const toPods = idle.state.routes.filter(({ dst }) =>
          pools.some((pool) => cidrCovers(pool, dst)),
        );
        expect(toPods).toEqual([]);
      }
    }));

  it('gives the links of the other options names of their own', () =>
    withPeers(async (running, peers) => {
      const names = namesOf(planNetwork(running, peers, view).state);
      await withPeers((other, otherPeers) => {
        const { state } = planNetwork(other, otherPeers, view);
        expect(checkBackendState(state, rulesOf(otherPeers, '.b'))).toEqual([]);
        expect(namesOf(state).filter((name) => names.includes(name))).toEqual([]);
        expect(namesOf(state)).toHaveLength(names.length);
      }, '.b');
    }));

  it('has an overhead of whole bytes that leaves room for packets', () =>
    withPeers((running) => {
      for (const mtu of [1280, 1500, 9000]) {
        const overhead = running.overhead({ ...view, underlay: underlayOf(1, mtu) });
        for (const family of families) {
          expect(Number.isInteger(overhead[family])).toBe(true);
          expect(overhead[family]).toBeGreaterThanOrEqual(0);
          expect(overhead[family]).toBeLessThanOrEqual(maxOverhead);
        }
      }
    }));
}

function expectSound(state: KernelState, peers: readonly Peer[]): void {
  expect(throughJson(state)).toEqual(state);
  expect(kernelStateSchema.safeParse(state).error?.issues ?? []).toEqual([]);
  expect(checkBackendState(state, rulesOf(peers))).toEqual([]);
}

function expectReachedOrRefused(running: RunningBackend, peer: Peer, now: NetworkView): void {
  const { state, refusals } = running.planPeer(peer, now);
  const host = running.planHost(now);
  const routes = [...state.routes, ...host.routes].filter((route) => isLookedAt(route, host));
  const unreached = peer.blocks.filter(
    (block) => !routes.some(({ type, dst }) => type === 'unicast' && cidrCovers(dst, block)),
  );
  if (unreached.length > 0) expect(refusals, `${unreached} is neither`).not.toEqual([]);
  for (const refusal of refusals) expect(refusal).toMatch(/^\S[^\n]{10,}$/);
  for (const { dst } of routes) expect(ownBlocks).not.toContain(dst);
}

/** Packets to a route's destination look into its table: it is the main one, or a rule leads there. */
function isLookedAt(route: RouteState, { rules }: KernelState): boolean {
  if (route.type !== 'unicast' || route.table === undefined) return true;
  return rules.some(
    ({ table, to, from }) =>
      table === route.table && from === undefined && to !== undefined && cidrCovers(to, route.dst),
  );
}

function namesOf({ links }: KernelState): string[] {
  return links.map(({ name }) => name);
}
