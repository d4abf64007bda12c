import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headerChecksum, packet } from '../../test-support/packets.js';
import { decrementTtl, isIpv4Packet, isLaterFragment4, isUnfragmentable, ttlOf } from './ipv4.js';

const parts = { source: '10.244.1.5', destination: '10.244.2.5' };
const whole = (bytes: Uint8Array): boolean => isIpv4Packet(bytes, 0, bytes.length);

/** Packets with a right header: any option bytes, any payload. */
const anyPacket = fc
  .record({
    ttl: fc.integer({ min: 1, max: 255 }),
    protocol: fc.nat({ max: 255 }),
    fragment: fc.nat({ max: 0xffff }),
    options: fc.uint8Array({ maxLength: 40 }).map((o) => o.subarray(0, o.length & ~3)),
    payload: fc.uint8Array({ maxLength: 100 }),
  })
  .map((more) => packet({ ...parts, ...more }));

describe('isIpv4Packet', () => {
  it('takes what is right, also in the middle of other bytes', () => {
    fc.assert(
      fc.property(anyPacket, fc.nat({ max: 9 }), (bytes, before) => {
        const all = new Uint8Array(before + bytes.length + 7).fill(0x45);
        all.set(bytes, before);
        expect(isIpv4Packet(all, before, bytes.length)).toBe(true);
      }),
    );
  });

  it('refuses another version, a cut or padded packet, a header beyond the end and a wrong checksum', () => {
    const good = packet(parts);
    expect(whole(good)).toBe(true);
    expect(isIpv4Packet(good, 0, good.length - 1)).toBe(false);
    expect(whole(Uint8Array.from([...good, 0]))).toBe(false);
    expect(isIpv4Packet(good, 0, 19)).toBe(false);
    expect(isIpv4Packet(good, 0, 0)).toBe(false);
    for (const [at, value] of [
      [0, 0x65],
      [0, 0x44],
      [0, 0x4f],
      [10, (good[10] ?? 0) ^ 1],
      [12, 11],
    ] as const) {
      expect(whole(good.with(at, value)), `byte ${at} is ${value}`).toBe(false);
    }
  });

  it('refuses every header with one bit turned', () => {
    const good = packet(parts);
    for (let bit = 0; bit < 160; bit++) {
      const at = bit >> 3;
      expect(whole(good.with(at, (good[at] ?? 0) ^ (1 << (bit & 7)))), `bit ${bit}`).toBe(false);
    }
  });
});

describe('decrementTtl', () => {
  it('leaves the checksum that a computation from scratch gives, and touches nothing else', () => {
    fc.assert(
      fc.property(anyPacket, (bytes) => {
        const after = bytes.slice();
        decrementTtl(after, 0);
        expect(ttlOf(after, 0)).toBe(ttlOf(bytes, 0) - 1);
        const header = after.subarray(0, ((bytes[0] ?? 0) & 15) * 4);
        expect(Buffer.from(after).readUInt16BE(10)).toBe(headerChecksum(header));
        expect(whole(after)).toBe(true);
        const back = after
          .with(8, bytes[8] ?? 0)
          .with(10, bytes[10] ?? 0)
          .with(11, bytes[11] ?? 0);
        expect(back).toEqual(bytes);
      }),
    );
  });
});

describe('fragments', () => {
  it('are told by offset, "don\'t fragment" by its flag', () => {
    expect(isUnfragmentable(packet({ ...parts, fragment: 0x4000 }), 0)).toBe(true);
    expect(isUnfragmentable(packet({ ...parts, fragment: 0x2000 }), 0)).toBe(false);
    expect(isLaterFragment4(packet({ ...parts, fragment: 0x2000 }), 0)).toBe(false);
    expect(isLaterFragment4(packet({ ...parts, fragment: 0x0001 }), 0)).toBe(true);
  });
});
