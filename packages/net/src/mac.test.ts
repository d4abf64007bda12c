import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIp } from './ip.js';
import {
  linkLocalForMac,
  macForIp,
  macForSeed,
  macFromBytes,
  macToBytes,
  parseMac,
} from './mac.js';

const six = fc.uint8Array({ minLength: 6, maxLength: 6 });

/** Locally administered and unicast (IEEE 802-2014 section 8.4). */
function isLocalUnicast(first: number | undefined): boolean {
  return first !== undefined && (first & 0b11) === 0b10;
}

describe('a MAC address', () => {
  it('comes back unchanged from bytes and from text', () => {
    fc.assert(
      fc.property(six, (bytes) => {
        const mac = macFromBytes(bytes);
        expect(macToBytes(mac)).toEqual(bytes);
        expect(parseMac(mac)).toBe(mac);
        expect(parseMac(mac.toUpperCase())).toBe(mac);
      }),
    );
  });

  it.each(['', '0a:58:0a:f4:01', '0a:58:0a:f4:01:05:06', '0a-58-0a-f4-01-05', '0a580af40105', 'g'])(
    'is not %j',
    (text) =>
      expect(() => parseMac(text)).toThrow(expect.objectContaining({ code: 'INVALID_MAC' })),
  );

  it('has six bytes', () => {
    expect(() => macFromBytes(new Uint8Array(5))).toThrow(
      expect.objectContaining({ code: 'INVALID_MAC' }),
    );
  });
});

describe('the MAC of an IP address', () => {
  it('of IPv4 shows the address', () => {
    expect(macForIp(parseIp('10.244.1.5'))).toBe('0a:58:0a:f4:01:05');
  });

  it('is locally administered, unicast and always the same', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const ip = parseIp(text);
        expect(isLocalUnicast(macToBytes(macForIp(ip))[0])).toBe(true);
        expect(macForIp(parseIp(ip.toUpperCase()))).toBe(macForIp(ip));
      }),
    );
  });

  it('is another one for another address', () => {
    const ips = Array.from({ length: 5000 }, (_, i) => parseIp(`fd00::${i.toString(16)}`));
    expect(new Set(ips.map(macForIp)).size).toBe(ips.length);
  });
});

describe('the MAC of a text', () => {
  it('is locally administered and unicast', () => {
    fc.assert(
      fc.property(fc.string(), (seed) => {
        expect(isLocalUnicast(macToBytes(macForSeed(seed))[0])).toBe(true);
      }),
    );
  });
});

describe('the link-local address of a MAC', () => {
  it('is that of the example of RFC 4291, appendix A, with the universal bit turned', () => {
    expect(linkLocalForMac(parseMac('34:56:78:9a:bc:de'))).toBe('fe80::3656:78ff:fe9a:bcde');
    expect(linkLocalForMac(parseMac('02:00:00:00:00:01'))).toBe('fe80::ff:fe00:1');
  });
});
