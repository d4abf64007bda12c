import { kernelState, type RouteState } from '@poplin/backend';
import { parseCidr, parseIp, parseMac } from '@poplin/net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changesBetween, type Items, partByLinks } from './change.js';
import { type Item, itemsOf, keyOf } from './item.js';

const route = (dst: string, via?: string): RouteState => ({
  type: 'unicast',
  dst: parseCidr(dst),
  link: 'eth0',
  ...(via !== undefined && { via: parseIp(via) }),
});

const itemsBy = (items: readonly Item[]): Items =>
  new Map(items.map((item) => [keyOf(item), item]));

const state = kernelState({
  routes: [route('10.1.0.0/24', '192.168.0.2')],
  neighbours: [{ link: 'popa', ip: parseIp('10.1.0.5'), mac: parseMac('0a:58:0a:01:00:05') }],
  links: [{ name: 'poplin0', kind: 'bridge', mtu: 1500, mac: parseMac('0a:58:a9:fe:01:01') }],
  sysctls: [{ key: 'net/ipv4/ip_forward', value: '1' }],
});

describe('changesBetween', () => {
  it('has nothing to do between equal states', () => {
    expect(changesBetween(itemsBy(itemsOf(state)), itemsBy(itemsOf(state)))).toEqual([]);
  });

  it('makes what others need first, and deletes it last', () => {
    const made = changesBetween(new Map(), itemsBy(itemsOf(state)));
    expect(made.map(({ verb, item }) => `${verb} ${item.kind}`)).toEqual([
      'create sysctl',
      'create link',
      'create neighbour',
      'create route',
    ]);
    const deleted = changesBetween(itemsBy(itemsOf(state)), new Map());
    expect(deleted.map(({ verb, item }) => `${verb} ${item.kind}`)).toEqual([
      'delete route',
      'delete neighbour',
      'delete link',
      'delete sysctl',
    ]);
  });

  it('makes before it breaks', () => {
    const from = itemsBy(itemsOf(kernelState({ routes: [route('10.1.0.0/24', '192.168.0.2')] })));
    const to = itemsBy(itemsOf(kernelState({ routes: [route('10.2.0.0/24', '192.168.0.2')] })));
    expect(changesBetween(from, to).map(({ verb }) => verb)).toEqual(['create', 'delete']);
  });

  it('replaces a route whose next hop changed', () => {
    const from = itemsBy(itemsOf(kernelState({ routes: [route('10.1.0.0/24', '192.168.0.2')] })));
    const to = itemsBy(itemsOf(kernelState({ routes: [route('10.1.0.0/24', '192.168.0.3')] })));
    expect(changesBetween(from, to)).toEqual([
      { verb: 'replace', item: { kind: 'route', value: route('10.1.0.0/24', '192.168.0.3') } },
    ]);
  });

  it('makes a route after those that its next hop may need, and deletes it before them', () => {
    const both = itemsBy(
      itemsOf(
        kernelState({
          routes: [route('10.1.0.0/24', '192.0.2.9'), route('192.0.2.9/32')],
        }),
      ),
    );
    const dsts = (changes: ReturnType<typeof changesBetween>) =>
      changes.map(({ item }) => (item.kind === 'route' ? item.value.dst : ''));
    expect(dsts(changesBetween(new Map(), both))).toEqual(['192.0.2.9/32', '10.1.0.0/24']);
    expect(dsts(changesBetween(both, new Map()))).toEqual(['10.1.0.0/24', '192.0.2.9/32']);
  });

  it('knows routes of several tables apart, and the main table by its number', () => {
    const items = itemsBy(
      itemsOf(
        kernelState({
          routes: [route('10.1.0.0/24'), { ...route('10.1.0.0/24'), table: 112 } as RouteState],
        }),
      ),
    );
    expect([...items.keys()]).toEqual(['route 10.1.0.0/24', 'route 10.1.0.0/24 table 112']);
    const spelt = { ...route('10.1.0.0/24'), table: 254 } as RouteState;
    const plain = itemsBy([{ kind: 'route', value: route('10.1.0.0/24') }]);
    expect(changesBetween(plain, itemsBy([{ kind: 'route', value: spelt }]))).toEqual([]);
  });

  it('sees a difference in the depth of a limit', () => {
    const limit = (rate: number): Items =>
      itemsBy([{ kind: 'shaping', value: { link: 'pop0', toPod: { rate, burst: 1 } } }]);
    expect(changesBetween(limit(1), limit(1))).toEqual([]);
    expect(changesBetween(limit(1), limit(2))).toHaveLength(1);
  });

  it('takes a flag that is false for one that is not there', () => {
    const plain = itemsBy([{ kind: 'route', value: route('10.1.0.0/24') }]);
    const spelt = itemsBy([
      { kind: 'route', value: { ...route('10.1.0.0/24'), onlink: false } as RouteState },
    ]);
    expect(changesBetween(plain, spelt)).toEqual([]);
  });

  it('leads from any state to any other', () => {
    const anyRoute = fc
      .record({ net: fc.integer({ min: 0, max: 15 }), hop: fc.integer({ min: 1, max: 4 }) })
      .map(({ net, hop }) => route(`10.${net}.0.0/16`, `192.168.0.${hop}`));
    const anyItems = fc
      .array(anyRoute, { maxLength: 12 })
      .map((routes) => itemsBy(routes.map((value): Item => ({ kind: 'route', value }))));
    fc.assert(
      fc.property(anyItems, anyItems, (from, to) => {
        const world = new Map(from);
        for (const { verb, item } of changesBetween(from, to)) {
          const there = world.has(keyOf(item));
          expect(there).toBe(verb !== 'create');
          if (verb === 'delete') world.delete(keyOf(item));
          else world.set(keyOf(item), item);
        }
        expect(world).toEqual(new Map(to));
      }),
    );
  });
});

describe('partByLinks', () => {
  it('lets an item wait for a link that is not there', () => {
    const changes = changesBetween(new Map(), itemsBy(itemsOf(state)));
    const { now, waiting } = partByLinks(changes, new Set(['popa']));
    expect(now.map(({ item }) => item.kind)).toEqual(['sysctl', 'link', 'neighbour']);
    expect(waiting.map(keyOf)).toEqual(['route 10.1.0.0/24']);
  });

  it('counts a link that is made in the same round', () => {
    const bridged = kernelState({
      links: state.links,
      routes: [{ type: 'unicast', dst: parseCidr('10.1.0.0/26'), link: 'poplin0' }],
    });
    const { waiting } = partByLinks(
      changesBetween(new Map(), itemsBy(itemsOf(bridged))),
      new Set(),
    );
    expect(waiting).toEqual([]);
  });

  it('lets a tunnel wait for its underlay, and with it what hangs on it', () => {
    const tunnel = kernelState({
      links: [
        {
          kind: 'ipip',
          name: 'poplin.ipip',
          mtu: 1480,
          local: parseIp('192.0.2.1'),
          underlay: 'eth0',
        },
      ],
      routes: [{ type: 'unicast', dst: parseCidr('10.1.0.0/26'), link: 'poplin.ipip' }],
    });
    const changes = changesBetween(new Map(), itemsBy(itemsOf(tunnel)));
    const without = partByLinks(changes, new Set());
    expect([without.now, without.waiting.map(({ kind }) => kind)]).toEqual([[], ['link', 'route']]);
    expect(partByLinks(changes, new Set(['eth0'])).waiting).toEqual([]);
  });

  it('lets nothing wait that is to be deleted', () => {
    const { now, waiting } = partByLinks(
      changesBetween(itemsBy(itemsOf(state)), new Map()),
      new Set(),
    );
    expect(waiting).toEqual([]);
    expect(now.map(({ item }) => item.kind)).toEqual(['link', 'sysctl']);
  });
});
