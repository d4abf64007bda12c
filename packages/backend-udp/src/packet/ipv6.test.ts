import { describe, expect, it } from 'vitest';
import { packet } from '../../test-support/packets.js';
import { decrementHopLimit, hopLimitOf, isIpv6Packet, upperLayer6 } from './ipv6.js';

const parts = { source: 'fd10:244:0:1::5', destination: 'fd10:244:0:2::5' };
const whole = (bytes: Uint8Array): boolean => isIpv6Packet(bytes, 0, bytes.length);

describe('isIpv6Packet', () => {
  it('takes what is right, and refuses another version, and a cut or padded packet', () => {
    const good = packet(parts);
    expect(whole(good)).toBe(true);
    expect(whole(good.subarray(0, -1))).toBe(false);
    expect(whole(Uint8Array.from([...good, 0]))).toBe(false);
    expect(whole(good.with(0, 0x40))).toBe(false);
    expect(isIpv6Packet(good, 0, 39)).toBe(false);
  });

  it('has one hop less afterwards, and else the same', () => {
    const good = packet(parts);
    const after = good.slice();
    decrementHopLimit(after, 0);
    expect(hopLimitOf(after, 0)).toBe(63);
    expect(after.with(7, 64)).toEqual(good);
  });
});

describe('upperLayer6', () => {
  const find = (protocol: number, payload: number[]) => {
    const bytes = packet({ ...parts, protocol, payload: Uint8Array.from(payload) });
    return upperLayer6(bytes, 0, bytes.length);
  };

  it('looks behind the extension headers of RFC 8200', () => {
    expect(find(58, [128, 0])).toEqual({ protocol: 58, offset: 40 });
    // Hop by hop of 16 bytes, then a first fragment, then UDP.
    const chain = [44, 1, ...new Array(14).fill(0), 17, 0, 0, 1, 0, 0, 0, 9, 1, 2];
    expect(find(0, chain)).toEqual({ protocol: 17, offset: 64 });
  });

  it('finds none behind a later fragment, nor in a header that is cut', () => {
    expect(find(44, [58, 0, 0, 8, 0, 0, 0, 9])).toBeUndefined();
    expect(find(0, [58, 0, 0])).toBeUndefined();
    expect(find(0, [58, 200, 0, 0, 0, 0, 0, 0])).toBeUndefined();
  });
});
