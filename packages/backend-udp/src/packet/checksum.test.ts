import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addUp, checksumOf, setU16, u16, updateChecksum } from './checksum.js';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

/** RFC 1071 §1 in the plainest way: one number at a time, the carry added at once. */
function fromScratch(data: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < data.length; i += 2) {
    sum += (data[i] ?? 0) * 256 + (data[i + 1] ?? 0);
    if (sum > 0xffff) sum = sum - 0x10000 + 1;
  }
  return 0xffff - sum;
}

describe('the Internet checksum', () => {
  it('is that of the example of RFC 1071 §3', () => {
    expect(addUp(bytes('0001f203f4f5f6f7'), 0, 8)).toBe(0x2ddf0);
    expect(checksumOf(0x2ddf0)).toBe(0x220d);
  });

  it('is the same as computed from scratch, at any place and of any length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), fc.nat({ max: 9 }), (data, before) => {
        const padded = new Uint8Array(before + data.length + 3).fill(0xaa);
        padded.set(data, before);
        expect(checksumOf(addUp(padded, before, data.length))).toBe(fromScratch(data));
      }),
    );
  });
});

describe('updateChecksum', () => {
  it('is right in the example of RFC 1624 §4, where equation 2 is not', () => {
    expect(updateChecksum(0xdd2f, 0x5555, 0x3285)).toBe(0x0000);
  });

  it('gives what a computation of the changed header gives', () => {
    const header = fc.uint8Array({ minLength: 20, maxLength: 60 }).map((data) => {
      data[0] = 0x45;
      return data.subarray(0, data.length & ~1);
    });
    const word = fc.integer({ min: 0, max: 0xffff });
    fc.assert(
      fc.property(header, fc.integer({ min: 1, max: 4 }), word, (data, at, after) => {
        setU16(data, 10, 0);
        const before = u16(data, 2 * at);
        const checksum = fromScratch(data);
        setU16(data, 2 * at, after);
        expect(updateChecksum(checksum, before, after)).toBe(fromScratch(data));
      }),
    );
  });
});
