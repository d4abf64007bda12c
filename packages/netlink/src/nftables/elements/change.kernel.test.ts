import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ThrowawayNamespace,
  throwawayNamespace,
} from '../../../test-support/throwaway-namespaces.js';
import { batchInOrder } from '../../rtnetlink/batch-in-order.js';
import { linkAdd } from '../../rtnetlink/link/add.js';
import { openNetlink } from '../../rtnetlink/netlink.js';
import { openNftables } from '../nftables.js';
import type { NftTableName } from '../types.js';
import { elementChange } from './change.js';
import type { NftElement, NftElementPart, NftElementSet } from './types.js';

const shop: NftTableName = { family: 'inet', name: 'shop' };
const port = ['inet_proto', 'inet_service'] as const;

/** A set of each kind, with values for its keys of which no two overlap. */
const sets: readonly (NftElementSet & { readonly keys: readonly NftElementPart[][] })[] = [
  { name: 'links', type: ['ifname'], keys: [['a'], ['pop0123456789a'], ['ä.1']] },
  {
    name: 'pairs',
    type: ['ifname', 'ifname'],
    keys: [
      ['a', 'b'],
      ['b', 'a'],
    ],
  },
  { name: 'services', type: ['inet_service'], keys: [[0], [53], [65_535]] },
  { name: 'protocols', type: ['inet_proto'], keys: [['tcp'], [4], [255]] },
  { name: 'ipv4', type: ['ipv4_addr'], keys: [['10.0.0.1'], ['255.255.255.255']] },
  { name: 'ipv6', type: ['ipv6_addr'], keys: [['fd00::1'], ['::ffff:1.2.3.4'], ['::']] },
  {
    ...{ name: 'ranges4', type: ['ipv4_addr', 'ipv4_addr'], flags: ['interval'] },
    keys: [
      ['10.0.0.0/8', '10.0.0.1'],
      ['10.0.0.0/8', '10.0.0.2'],
      ['11.0.0.1', '128.0.0.0/1'],
      ['0.0.0.0/0', '12.0.0.1'],
    ],
  },
  {
    ...{ name: 'ranges6', type: ['ipv6_addr', 'ipv6_addr'], flags: ['interval'] },
    keys: [
      ['fd00::/64', 'fd00::1'],
      ['fd01::1', 'fd00::1'],
      ['::/0', 'fd00::2'],
    ],
  },
  {
    name: 'to_ipv4',
    type: port,
    map: 'ipv4_addr',
    keys: [
      ['tcp', 80],
      ['udp', 80],
      [132, 0],
    ],
  },
  {
    name: 'to_port',
    type: port,
    map: 'inet_service',
    keys: [
      ['tcp', 80],
      ['udp', 80],
    ],
  },
  {
    ...{ name: 'one_to_ipv6', type: ['ipv6_addr', ...port], map: 'ipv6_addr' },
    keys: [
      ['fd00::1', 'tcp', 80],
      ['fd00::1', 'udp', 80],
      ['fd00::2', 'tcp', 80],
    ],
  },
];

const values: Readonly<Partial<Record<string, readonly NftElementPart[]>>> = {
  ipv4_addr: ['10.9.0.1', '10.9.0.2'],
  ipv6_addr: ['fd09::1', '::1'],
  inet_service: [1, 65_535],
};

/** All elements that may be there, by place: those of a map with either value. */
const places = sets.flatMap(({ keys, ...set }) =>
  keys.map((key): readonly NftElement[] =>
    set.map === undefined
      ? [{ set, key }]
      : (values[set.map] ?? []).map((value) => ({ set, key, value })),
  ),
);

/** Which of the elements of each place is there, if any. */
const anyContent = fc.tuple(
  ...places.map((elements) => fc.constantFrom<(NftElement | undefined)[]>(undefined, ...elements)),
);

const declare = (host: ThrowawayNamespace, name: string): void => {
  const members = sets.map(({ name, type, map, flags = [] }) => {
    const types = `type ${type.join(' . ')}${map === undefined ? '' : ` : ${map}`};`;
    const kind = map === undefined ? 'set' : 'map';
    return `${kind} ${name} { ${types} ${flags.map((flag) => `flags ${flag};`).join('')} }`;
  });
  host.exec('nft', `table inet ${name} {\n${members.join('\n')}\n}`);
};

const text = ({ set, key, value }: NftElement): string => {
  const quoted = key.map((part, i) => (set.type[i] === 'ifname' ? `"${part}"` : part));
  return `${quoted.join(' . ')}${value === undefined ? '' : ` : ${value}`}`;
};

/** The elements of a table as `nft` lists them, in any order. */
const listed = (host: ThrowawayNamespace, name: string): string[] => {
  const { nftables } = JSON.parse(host.exec('nft', '-j', 'list', 'table', 'inet', name)) as {
    nftables: { [kind: string]: { name: string; elem?: unknown[] } }[];
  };
  return nftables
    .flatMap(({ set, map }) => set ?? map ?? [])
    .flatMap(({ name: of, elem = [] }) => elem.map((one) => `${of} ${JSON.stringify(one)}`))
    .sort();
};

describe('a change of elements', () => {
  it('has the kernel hold what nft would have made of it', async () => {
    using host = throwawayNamespace();
    using nftables = openNftables({ netns: host.netns });
    declare(host, 'shop');
    declare(host, 'theirs');
    let before: readonly (NftElement | undefined)[] = [];
    await fc.assert(
      fc.asyncProperty(anyContent, async (after) => {
        const gone = before.flatMap((one, i) => (one && one !== after[i] ? [one] : []));
        const come = after.flatMap((one, i) => (one && one !== before[i] ? [one] : []));
        before = after;
        if (gone.length + come.length === 0) return;
        await nftables.changeElements({ table: shop, gone, come });
        const commands = [
          ...gone.map((one) => `delete element inet theirs ${one.set.name} { ${text(one)} }`),
          ...come.map((one) => `add element inet theirs ${one.set.name} { ${text(one)} }`),
        ];
        host.exec('nft', commands.join('\n'));
        expect(listed(host, 'shop')).toEqual(listed(host, 'theirs'));
      }),
      // A failure leaves the two tables apart: what is tried after it says nothing.
      { numRuns: 40, endOnFailure: true },
    );
    expect(listed(host, 'shop')).not.toEqual([]);
  });

  it('is refused as a whole, with the code of the kernel', async () => {
    using host = throwawayNamespace();
    using nftables = openNftables({ netns: host.netns });
    declare(host, 'shop');
    const link = (name: string): NftElement => ({
      set: { name: 'links', type: ['ifname'] },
      key: [name],
    });
    const web = (value: string): NftElement => ({
      set: { name: 'to_ipv4', type: port, map: 'ipv4_addr' },
      key: ['tcp', 80],
      value,
    });
    const change = (gone: readonly NftElement[], come: readonly NftElement[], table = shop) =>
      nftables.changeElements({ table, gone, come });
    await change([], [link('a'), web('10.0.0.1')]);
    const before = listed(host, 'shop');
    await expect(change([link('a'), link('b')], [link('c')])).rejects.toMatchObject({
      code: 'ENOENT',
      operation: 'delete elements of inet shop links',
    });
    await expect(change([link('a')], [web('10.0.0.2')])).rejects.toMatchObject({ code: 'EEXIST' });
    const none = { family: 'inet', name: 'none' } as const;
    await expect(change([], [link('c')], none)).rejects.toMatchObject({ code: 'ENOENT' });
    const unlike = { set: { name: 'links', type: ['inet_service'] }, key: [80] } as const;
    await expect(change([link('a')], [unlike])).rejects.toMatchObject({ code: 'EINVAL' });
    expect(listed(host, 'shop')).toEqual(before);
    await change([link('a'), web('10.0.0.1')], [web('10.0.0.2')]);
    expect(listed(host, 'shop')).toEqual(['to_ipv4 [{"concat":["tcp",80]},"10.0.0.2"]']);
  });

  it('overlaps with no other interval', async () => {
    using host = throwawayNamespace();
    using nftables = openNftables({ netns: host.netns });
    declare(host, 'shop');
    const ranges = sets.find(({ name }) => name === 'ranges4');
    if (!ranges) throw new Error('no ranges');
    const range = (...key: readonly string[]): NftElement => ({ set: ranges, key });
    await nftables.changeElements({
      table: shop,
      gone: [],
      come: [range('10.0.0.0/8', '10.0.0.1')],
    });
    const within = { table: shop, gone: [], come: [range('10.0.0.0/9', '10.0.0.1')] };
    await expect(nftables.changeElements(within)).rejects.toMatchObject({ code: 'EEXIST' });
  });

  it('may be of hundreds of elements', async () => {
    using host = throwawayNamespace();
    using nftables = openNftables({ netns: host.netns });
    declare(host, 'shop');
    const set: NftElementSet = { name: 'to_port', type: port, map: 'inet_service' };
    const come = Array.from({ length: 1000 }, (_, i) => ({ set, key: ['tcp', i], value: i }));
    await nftables.changeElements({ table: shop, gone: [], come });
    expect(listed(host, 'shop')).toHaveLength(1000);
    await nftables.changeElements({ table: shop, gone: come, come: [] });
    expect(listed(host, 'shop')).toEqual([]);
  });

  it('keeps its place among transactions of libnftables', async () => {
    using host = throwawayNamespace();
    using nftables = openNftables({ netns: host.netns });
    const set = { name: 'links', type: ['ifname'] } as const;
    const inShop = { family: 'inet', table: 'shop', name: 'links' } as const;
    const results = await Promise.allSettled([
      nftables.run([{ add: { table: shop } }, { add: { set: { ...inShop, type: 'ifname' } } }]),
      nftables.changeElements({ table: shop, gone: [], come: [{ set, key: ['a'] }] }),
      nftables.run([{ delete: { set: inShop } }]),
      nftables.changeElements({ table: shop, gone: [], come: [{ set, key: ['b'] }] }),
    ]);
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
    ]);
  });

  it('goes along with batches of other handles, in order, and says what follows its refusal', async () => {
    using host = throwawayNamespace();
    using nftables = openNftables({ netns: host.netns });
    using netlink = openNetlink({ netns: host.netns });
    declare(host, 'shop');
    const set = { name: 'links', type: ['ifname'] } as const;
    const come = elementChange({ table: shop, gone: [], come: [{ set, key: ['a'] }] });
    const gone = elementChange({ table: shop, gone: [{ set, key: ['a'] }], come: [] });
    const bridge = (name: string) => ({
      on: netlink,
      requests: [linkAdd({ name, kind: 'bridge' })],
    });
    const answers = await batchInOrder([
      bridge('br0'),
      { on: nftables, transaction: come, onFailure: 'skip-next' },
      bridge('br1'),
      { on: nftables, transaction: gone },
      { on: nftables, transaction: gone, onFailure: 'skip-next' },
      bridge('br2'),
      bridge('br3'),
    ]);
    expect(answers.map(({ errors }) => errors.map((error) => error?.code))).toEqual([
      [undefined],
      [undefined],
      [undefined],
      [undefined],
      ['ENOENT'],
      [],
      [undefined],
    ]);
    const names = host.ip('link', 'show', 'type', 'bridge').map(({ ifname }) => ifname);
    expect(names).toEqual(['br0', 'br1', 'br3']);
  });

  it('is refused by a handle that is disposed', async () => {
    using host = throwawayNamespace();
    const nftables = openNftables({ netns: host.netns });
    nftables[Symbol.dispose]();
    const come = [{ set: { name: 'links', type: ['ifname'] }, key: ['a'] }] as const;
    const change = nftables.changeElements({ table: shop, gone: [], come });
    await expect(change).rejects.toMatchObject({ code: 'CLOSED' });
  });
});
