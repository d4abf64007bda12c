import { describe, expect, it } from 'vitest';
import { fromHex } from '../../../test-support/corpus.js';
import { HEADER_LENGTH } from '../../codec/message.js';
import { elementChange, takesElementChange } from './change.js';
import type { NftElement, NftElementSet } from './types.js';

const table = { family: 'inet', name: 't' } as const;
const links: NftElementSet = { name: 'links', type: ['ifname'] };
const ranges: NftElementSet = {
  name: 'ranges',
  type: ['ipv4_addr', 'ipv4_addr'],
  flags: ['interval'],
};
const ports: NftElementSet = {
  name: 'ports',
  type: ['inet_proto', 'inet_service'],
  map: 'ipv4_addr',
};
const numbers: NftElementSet = {
  name: 'numbers',
  type: ['ipv6_addr', 'inet_proto', 'inet_service'],
  map: 'inet_service',
};

const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex');
const come = (...elements: readonly NftElement[]) =>
  elementChange({ table, gone: [], come: elements });
const gone = (...elements: readonly NftElement[]) =>
  elementChange({ table, gone: elements, come: [] });

/** What `nft` sends, seen by strace, but for the number of the set (NFTA_SET_ELEM_LIST_SET_ID), which only one made in the same transaction needs. */
const captured = {
  'add element inet t links { pop1 }': {
    made: come({ set: links, key: ['pop1'] }),
    type: 0x0a0c,
    body: `01000000 0600010074000000 0a0002006c696e6b73000000
      20000380 1c000180 18000180 14000100 706f7031000000000000000000000000`,
  },
  'add element inet t ranges { 10.1.0.0/16 . 10.2.3.4 }': {
    made: come({ set: ranges, key: ['10.1.0.0/16', '10.2.3.4'] }),
    type: 0x0a0c,
    body: `01000000 0600010074000000 0b00020072616e6765730000
      28000380 24000180 100001800c000100 0a0100000a020304 10000a800c000100 0a01ffff0a020304`,
  },
  'add element inet t ports { tcp . 8000 : 10.2.3.4 }': {
    made: come({ set: ports, key: ['tcp', 8000], value: '10.2.3.4' }),
    type: 0x0a0c,
    body: `01000000 0600010074000000 0a000200706f727473000000
      24000380 20000180 100001800c000100 060000001f400000 0c00028008000100 0a020304`,
  },
  'add element inet t numbers { fd00::1 . udp . 53 : 5353 }': {
    made: come({ set: numbers, key: ['fd00::1', 'udp', 53], value: 5353 }),
    type: 0x0a0c,
    body: `01000000 0600010074000000 0c0002006e756d6265727300 34000380 30000180 200001801c000100
      fd000000000000000000000000000001 11000000 00350000 0c00028006000100 14e90000`,
  },
  'delete element inet t ranges { 10.1.0.0/16 . 10.2.3.4 }': {
    made: gone({ set: ranges, key: ['10.1.0.0/16', '10.2.3.4'] }),
    type: 0x0a0e,
    body: `01000000 0600010074000000 0b00020072616e6765730000
      28000380 24000180 100001800c000100 0a0100000a020304 10000a800c000100 0a01ffff0a020304`,
  },
  'delete element inet t ports { tcp . 8000 : 10.2.3.4 }': {
    made: gone({ set: ports, key: ['tcp', 8000], value: '10.2.3.4' }),
    type: 0x0a0e,
    body: `01000000 0600010074000000 0a000200706f727473000000
      18000380 14000180 100001800c000100 060000001f400000`,
  },
} as const;

describe('a change of elements', () => {
  it.each(Object.entries(captured))('is the bytes of nft: %s', (_, { made, type, body }) => {
    expect(made.requests).toHaveLength(1);
    expect(made.requests[0]).toMatchObject({ type, flags: type === 0x0a0c ? 0x400 : 0 });
    expect(hex(made.requests[0]?.body)).toBe(hex(fromHex(body)));
  });

  it('is enclosed as a transaction of nftables', () => {
    const { begin, end, operation } = come({ set: links, key: ['pop1'] });
    expect([begin.type, hex(begin.body)]).toEqual([0x10, '0000000a']);
    expect([end.type, hex(end.body)]).toEqual([0x11, '0000000a']);
    expect(operation).toBe('change elements of table inet t');
  });

  it('is one message for each set, and those that go are before those that come', () => {
    const port = (number: number): NftElement => ({
      set: ports,
      key: ['tcp', number],
      value: '10.0.0.1',
    });
    const link = (name: string): NftElement => ({ set: links, key: [name] });
    const { requests } = elementChange({
      table,
      gone: [port(1), link('a'), port(2)],
      come: [link('b'), port(3), link('c')],
    });
    expect(requests.map(({ operation }) => operation)).toEqual([
      'delete elements of inet t ports',
      'delete elements of inet t links',
      'add elements of inet t links',
      'add elements of inet t ports',
    ]);
  });

  it('names the family of its table', () => {
    const families = (['inet', 'ip', 'ip6', 'arp', 'bridge', 'netdev'] as const).map((family) => {
      const change = { table: { family, name: 't' }, gone: [], come: [{ set: links, key: ['a'] }] };
      return elementChange(change).requests[0]?.body[0];
    });
    expect(families).toEqual([1, 2, 10, 3, 7, 5]);
  });

  it('takes some 100 bytes an element', () => {
    const pairs: NftElementSet = {
      name: 'pairs',
      type: ['ipv6_addr', 'ipv6_addr'],
      flags: ['interval'],
    };
    const elements = Array.from({ length: 256 }, (_, i) => ({
      set: pairs,
      key: ['fd00::/64', `fd01::1:${i.toString(16)}`],
    }));
    const [request] = come(...elements).requests;
    expect(HEADER_LENGTH + (request?.body.length ?? 0)).toBeLessThan(32 * 1024);
  });

  it.each([
    ['nothing', []],
    ['a key with too few parts', [{ set: ports, key: ['tcp'], value: '10.0.0.1' }]],
    ['a key with too many', [{ set: links, key: ['a', 'b'] }]],
    ['an address of the other family', [{ set: ranges, key: ['fd00::1', '10.0.0.1'] }]],
    ['a prefix with bits behind it', [{ set: ranges, key: ['10.0.0.1/8', '10.0.0.1'] }]],
    ['a prefix that is too long', [{ set: ranges, key: ['10.0.0.0/33', '10.0.0.1'] }]],
    [
      'a prefix where there are no intervals',
      [{ set: ports, key: ['tcp', 1], value: '10.0.0.0/8' }],
    ],
    ['a port that is none', [{ set: ports, key: ['tcp', 65_536], value: '10.0.0.1' }]],
    ['a port in words', [{ set: ports, key: ['tcp', ''], value: '10.0.0.1' }]],
    ['a protocol that has no name here', [{ set: ports, key: ['ospf', 1], value: '10.0.0.1' }]],
    ['a link with a long name', [{ set: links, key: ['a234567890123456'] }]],
    ['a map without a value', [{ set: ports, key: ['tcp', 1] }]],
    ['a set with one', [{ set: links, key: ['a'], value: 1 }]],
    [
      'a set of plain intervals',
      [{ set: { name: 's', type: ['ipv4_addr'], flags: ['interval'] }, key: ['10.0.0.1'] }],
    ],
    [
      'more than an attribute holds',
      Array.from({ length: 3000 }, (_, i) => ({ set: links, key: [`l${i}`] })),
    ],
  ] satisfies [string, NftElement[]][])(
    'is refused before it gets to the kernel: %s',
    (_, elements) => {
      expect(() => come(...elements)).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
      );
    },
  );

  it('is for sets and maps, and for intervals in concatenations only', () => {
    expect([links, ranges, ports].map(takesElementChange)).toEqual([true, true, true]);
    expect(takesElementChange({ name: 's', type: ['ipv4_addr'], flags: ['interval'] })).toBe(false);
  });
});
