import { type Cidr, parseCidr } from '@poplin/net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AttributeWriter } from '../../codec/attribute-writer.js';
import { filterAdd } from './filter/add.js';
import { decodeFilter } from './filter/decode.js';
import { decodeSelector, encodeSelector, keysOf, type U32Match } from './filter/kind/u32.js';
import type { FilterSpec } from './filter/types.js';
import { handleNumber, handleText, type TrafficHandle } from './handle.js';
import { qdiscAdd } from './qdisc/add.js';
import { decodeQdisc } from './qdisc/decode.js';
import { limitOf, type TbfOptions, writeTbf } from './qdisc/kind/tbf.js';
import type { QdiscSpec } from './qdisc/types.js';

const refused = expect.objectContaining({ code: 'INVALID_ARGUMENT' });

describe('handles', () => {
  it('are the numbers of tc(8)', () => {
    const known: [TrafficHandle, number][] = [
      ['root', 0xffffffff],
      ['ingress', 0xfffffff2],
      ['egress', 0xfffffff3],
      ['1:', 0x10000],
      ['1:10', 0x10010],
      ['ffff:fff1', 0xfffffff1],
      [':5', 5],
    ].filter((pair): pair is [TrafficHandle, number] => pair[0] !== ':5');
    for (const [text, number] of known) expect(handleNumber('x', text)).toBe(number);
    expect(handleText(0)).toBeUndefined();
    expect(handleText(0xffffffff)).toBe('root');
  });

  it('come back as they were written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 0xfffffffe }), (number) => {
        const text = handleText(number) ?? 'root';
        expect(handleNumber('x', text)).toBe(number);
      }),
    );
  });

  it('are refused when they are none', () => {
    for (const text of [
      '',
      '1',
      ':',
      '12345:',
      '1:12345',
      'g:',
      '1:2:3',
      ' 1:',
      'toString',
      '__proto__',
    ]) {
      expect(() => handleNumber('x', text as TrafficHandle)).toThrow(refused);
    }
  });
});

describe('token buckets', () => {
  const encode = (tbf: Partial<TbfOptions>): Uint8Array => {
    const writer = new AttributeWriter('x');
    writeTbf('x', writer, { rate: 8000, burst: 2000, limit: 3000, ...tbf });
    return writer.finish();
  };

  it('let wait what goes out during the latency, and a burst', () => {
    expect(limitOf({ rate: 8_000_000, burst: 10_000, latency: 50 })).toBe(60_000);
    const peak = { rate: 8_000_000, burst: 90_000, latency: 50, peakRate: 16_000_000, mtu: 1500 };
    expect(limitOf(peak)).toBe(101_500);
    expect(limitOf({ rate: 8_000_000, burst: 10_000 })).toBe(10_000);
  });

  it('wait the longer the greater the limit', () => {
    const positive = fc.integer({ min: 8, max: 10 ** 10 });
    const latency = fc.integer({ min: 1, max: 10_000 });
    fc.assert(
      fc.property(positive, positive, latency, (rate, burst, ms) => {
        const limit = limitOf({ rate, burst, latency: ms });
        expect(limit).toBeGreaterThanOrEqual(burst);
        expect(limitOf({ rate, burst, latency: ms + 1 })).toBeGreaterThanOrEqual(limit);
      }),
    );
  });

  it('are refused when they cannot be meant', () => {
    const bad: Partial<TbfOptions>[] = [
      { rate: 7 },
      { rate: Number.NaN },
      { burst: 0 },
      { burst: 2 ** 32 },
      { limit: 0 },
      { latency: 5 },
      // As many bytes per second as the rate.
      { peakRate: 8007, mtu: 1500 },
      { peakRate: 9000 },
      { mtu: 1500 },
    ];
    for (const tbf of bad) expect(() => encode(tbf), JSON.stringify(tbf)).toThrow(refused);
    for (const latency of [-5, 0, Number.NaN, Number.POSITIVE_INFINITY, 10 ** 12]) {
      const spec = { ifindex: 3, kind: 'tbf', rate: 8_000_000, burst: 30_000, latency } as const;
      expect(() => qdiscAdd(spec), String(latency)).toThrow(refused);
    }
  });

  it('come back from their own request, as the kernel keeps them', () => {
    const spec: QdiscSpec = {
      ifindex: 3,
      kind: 'netem',
      delay: 10,
      jitter: 2.5,
      loss: 0.25,
      limit: 7,
    };
    const { body } = qdiscAdd(spec);
    expect(decodeQdisc(body)).toMatchObject({
      ifindex: 3,
      kind: 'netem',
      parent: 'root',
      options: { kind: 'netem', delay: 10, jitter: 2.5, limit: 7, duplicate: 0 },
    });
    expect(() => qdiscAdd({ ...spec, loss: 1.5 })).toThrow(refused);
    expect(() => qdiscAdd({ ...spec, delay: -1 })).toThrow(refused);
    expect(() => qdiscAdd({ ifindex: 3, kind: 'default', name: 'a b' })).toThrow(refused);
    expect(() => qdiscAdd({ ifindex: 0, kind: 'clsact' })).toThrow(refused);
  });
});

describe('u32 selectors', () => {
  it('compare each word of a prefix, and no more', () => {
    expect(keysOf('x', 'ipv4', { source: parseCidr('10.1.2.0/23') })).toEqual([
      { value: 0x0a010200, mask: 0xfffffe00, offset: 12 },
    ]);
    expect(keysOf('x', 'ipv6', { destination: parseCidr('2001:db8:1::/48') })).toEqual([
      { value: 0x20010db8, mask: 0xffffffff, offset: 24 },
      { value: 0x00010000, mask: 0xffff0000, offset: 28 },
    ]);
    expect(keysOf('x', 'ipv4', { source: parseCidr('0.0.0.0/0') })).toEqual([
      { value: 0, mask: 0, offset: 0 },
    ]);
  });

  it('match exactly the packets that they say', () => {
    const byte = fc.integer({ min: 0, max: 255 });
    const packet = fc.array(byte, { minLength: 40, maxLength: 40 });
    const bits = fc.integer({ min: 0, max: 32 });
    fc.assert(
      fc.property(packet, bits, fc.boolean(), (bytes, length, own) => {
        const view = new DataView(Uint8Array.from(bytes).buffer);
        const mask = length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0;
        const first = ((own ? view.getUint32(12) : ~view.getUint32(12)) & mask) >>> 0;
        const octets = [24, 16, 8, 0].map((shift) => (first >>> shift) & 255).join('.');
        const source = `${octets}/${length}` as Cidr;
        const matches = keysOf('x', 'ipv4', { source }).every(
          (key) => ((view.getUint32(key.offset) ^ key.value) & key.mask) === 0,
        );
        expect(matches).toBe(own || length === 0);
      }),
    );
  });

  it('come back as they were written', () => {
    const word = fc.integer({ min: 0, max: 0xffffffff });
    const key = fc.record({
      mask: word,
      value: word,
      offset: fc.integer({ min: -3, max: 200 }).map((n) => 4 * n),
    });
    fc.assert(
      fc.property(fc.array(key, { minLength: 1, maxLength: 20 }), (keys) => {
        const masked = keys.map((k) => ({ ...k, value: (k.value & k.mask) >>> 0 }));
        expect(decodeSelector(encodeSelector('x', keys))).toEqual(masked);
      }),
    );
  });

  it('are refused when they cannot be meant', () => {
    const bad: U32Match[] = [
      { source: parseCidr('2001:db8::/32') },
      { ipProtocol: 256 },
      { sourcePort: -1 },
      { destinationPort: 70_000 },
      { keys: [{ value: 0, mask: 2 ** 32, offset: 0 }] },
      { keys: [{ value: 0, mask: 0, offset: 100_000 }] },
      { keys: new Array(129).fill({ value: 0, mask: 0, offset: 0 }) },
    ];
    const spec: FilterSpec = { ifindex: 1, parent: 'ingress', kind: 'u32', actions: [] };
    for (const match of bad) {
      expect(() => filterAdd({ ...spec, protocol: 'ip', match }), JSON.stringify(match)).toThrow(
        refused,
      );
    }
    expect(() => filterAdd({ ...spec, match: { ipProtocol: 6 } })).toThrow(refused);
    expect(() => filterAdd({ ...spec, priority: 65_536 })).toThrow(refused);
  });
});

describe('filters', () => {
  it('come back from their own request', () => {
    const spec: FilterSpec = {
      ifindex: 4,
      parent: 'egress',
      kind: 'matchall',
      priority: 5,
      protocol: 'ip',
      chain: 3,
      handle: 9,
      actions: [
        { kind: 'mirred', to: 'egressMirror', ifindex: 7 },
        { kind: 'gact', verdict: 'continue' },
      ],
    };
    const { parent: _parent, ...rest } = spec;
    expect(decodeFilter(filterAdd(spec).body)).toEqual({ ...rest, parent: 'ffff:fff3' });
  });
});
