import { cidrContains, cidrLength, type Ip, ipFromBytes, parseCidr, parseIp } from '@poplin/net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headerChecksum, packet } from '../../test-support/packets.js';
import { tablePrefix } from '../packet/prefix-table.js';
import { counterNames } from './counters.js';
import { admitted4, admitted6, judge } from './door.js';
import type { PeerEntry } from './orders.js';
import { ForwardingTable, tablePeer } from './table.js';

const peers: readonly PeerEntry[] = [1, 2].map((n) => ({
  name: `node${n}`,
  port: 8285,
  addresses: [parseIp(`192.168.7.${n}`), parseIp(`fd77::${n}`)],
  prefixes: [
    parseCidr(`10.244.${n}.0/24`),
    parseCidr(`fd10:244:0:${n}::/64`),
    parseCidr(`192.168.7.${n}/32`),
    parseCidr(`fd77::${n}/128`),
  ],
  paths: {},
}));
const destinations = ['10.244.0.0/16', 'fd10:244::/48', '192.168.7.9/32', 'fd77::9/128'].map(
  parseCidr,
);
const table = new ForwardingTable(peers.map(tablePeer), destinations.map(tablePrefix));

/** What the door says of a packet of the first peer, in words. */
function verdict(bytes: Uint8Array, at = 0, length = bytes.length): string {
  const place = judge(table, 0, bytes, at, length);
  return place < 0 ? 'admitted' : (counterNames[place] ?? 'unknown');
}

/** Whether a packet may come in, by another way: addresses as text, every prefix looked at. */
function mayComeIn(bytes: Uint8Array): boolean {
  const version = (bytes[0] ?? 0) >> 4;
  const at = (start: number, length: number): Ip => ipFromBytes(bytes.slice(start, start + length));
  const owner = (ip: Ip): string | undefined =>
    peers
      .flatMap(({ name, prefixes }) => prefixes.map((prefix) => ({ name, prefix })))
      .filter(({ prefix }) => cidrContains(prefix, ip))
      .sort((x, y) => cidrLength(y.prefix) - cidrLength(x.prefix))[0]?.name;
  const goes = (source: Ip, destination: Ip): boolean =>
    owner(source) === 'node1' &&
    owner(destination) === undefined &&
    destinations.some((prefix) => cidrContains(prefix, destination));
  const data = Buffer.from(bytes);
  if (version === 4 && data.length >= 20) {
    const header = data.subarray(0, ((data[0] ?? 0) & 15) * 4);
    const isRight =
      header.length >= 20 &&
      header.length === ((data[0] ?? 0) & 15) * 4 &&
      data.readUInt16BE(2) === data.length &&
      // Zero has two forms in ones' complement.
      (headerChecksum(header) - data.readUInt16BE(10)) % 0xffff === 0;
    return isRight && (data[8] ?? 0) > 1 && goes(at(12, 4), at(16, 4));
  }
  if (version !== 6 || data.length < 40) return false;
  return (
    data.readUInt16BE(4) + 40 === data.length && (data[7] ?? 0) > 1 && goes(at(8, 16), at(24, 16))
  );
}

const good = [
  packet({ source: '10.244.1.5', destination: '10.244.9.5' }),
  packet({ source: '192.168.7.1', destination: '192.168.7.9', payload: new Uint8Array(1400) }),
  packet({ source: 'fd10:244:0:1::5', destination: 'fd10:244:0:9::5' }),
  packet({ source: 'fd77::1', destination: 'fd10:244:0:9::5' }),
];

describe('the door', () => {
  it("admits what goes from a peer's block or address to a pod or this node", () => {
    for (const bytes of good) expect(verdict(bytes)).toBe('admitted');
    expect(judge(table, 0, good[0] as Uint8Array, 0, 28)).toBe(admitted4);
    expect(judge(table, 0, good[2] as Uint8Array, 0, 48)).toBe(admitted6);
  });

  it("refuses a source that is another peer's, this node's or nobody's", () => {
    for (const source of ['10.244.2.5', '192.168.7.2', '192.168.7.9', '8.8.8.8', '10.244.9.9']) {
      expect(verdict(packet({ source, destination: '10.244.9.5' })), source).toBe(
        'in_spoofed_source',
      );
    }
    for (const source of ['fd10:244:0:2::5', 'fd77::2', 'fd77::9', '::1', 'fe80::1']) {
      const bytes = packet({ source, destination: 'fd10:244:0:9::5' });
      expect(verdict(bytes), source).toBe('in_spoofed_source');
    }
  });

  it('refuses a destination that is neither in the pools nor this node, and what is for a peer', () => {
    for (const destination of ['8.8.8.8', '10.244.2.5', '10.244.1.6', '192.168.7.2', '224.0.0.1']) {
      const bytes = packet({ source: '10.244.1.5', destination });
      expect(verdict(bytes), destination).toBe('in_foreign_destination');
    }
    for (const destination of ['2001:db8::1', 'fd10:244:0:2::5', 'ff02::1']) {
      const bytes = packet({ source: 'fd10:244:0:1::5', destination });
      expect(verdict(bytes), destination).toBe('in_foreign_destination');
    }
  });

  it('refuses what has no hop left', () => {
    for (const ttl of [0, 1]) {
      const v4 = packet({ source: '10.244.1.5', destination: '10.244.9.5', ttl });
      const v6 = packet({ source: 'fd77::1', destination: 'fd10:244:0:9::5', ttl });
      expect([verdict(v4), verdict(v6)]).toEqual(['in_ttl_exceeded', 'in_ttl_exceeded']);
    }
  });

  it('never fails on random bytes, and admits none of them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(verdict(bytes) === 'admitted').toBe(mayComeIn(bytes));
      }),
      { numRuns: 3000 },
    );
  });

  it('admits of broken packets exactly those that are still right, by another way of judging', () => {
    const broken = fc
      .record({
        bytes: fc.constantFrom(...good),
        changes: fc.array(fc.tuple(fc.nat({ max: 47 }), fc.nat({ max: 255 })), { maxLength: 3 }),
        cut: fc.integer({ min: -3, max: 60 }),
        mend: fc.boolean(),
      })
      .map(({ bytes, changes, cut, mend }) => {
        const copy = Buffer.alloc(Math.max(0, bytes.length + (cut < 0 ? -cut : 0)));
        copy.set(bytes);
        const data = copy.subarray(0, cut > 40 ? cut - 40 : copy.length);
        for (const [at, value] of changes) if (at < data.length) data[at] = value;
        const header = data.subarray(0, ((data[0] ?? 0) & 15) * 4);
        // Half of them get past the checksum.
        if (mend && header.length >= 20) data.writeUInt16BE(headerChecksum(header), 10);
        return Uint8Array.from(data);
      });
    let admitted = 0;
    fc.assert(
      fc.property(broken, (bytes) => {
        const isIn = verdict(bytes) === 'admitted';
        expect(isIn).toBe(mayComeIn(bytes));
        if (isIn) admitted += 1;
      }),
      { numRuns: 5000 },
    );
    expect(admitted).toBeGreaterThan(0);
  });
});
