import { isIPv4 } from 'node:net';
import fc from 'fast-check';
import { IPv4 } from 'ip-num';
import { describe, expect, it } from 'vitest';
import { ipv4Number, ipv4Text } from './ipv4-number.js';

const number = fc.integer({ min: 0, max: 2 ** 32 - 1 });

describe('the number of an IPv4 address', () => {
  it('is the one that ip-num finds, and leads back to the text', () => {
    fc.assert(
      fc.property(number, (value) => {
        const text = ipv4Text(value);
        expect(text).toBe(IPv4.fromNumber(BigInt(value)).toString());
        expect(ipv4Number(text)).toBe(value);
      }),
    );
  });

  it('is read up to the end that is said', () => {
    expect(ipv4Number('10.0.0.1/24', 8)).toBe(0x0a000001);
    expect(ipv4Number('10.0.0.1/24')).toBeUndefined();
  });

  it('is nothing for a text that Node takes for no address', () => {
    const digits = fc.string({
      unit: fc.constantFrom('0', '1', '2', '5', '9', '.'),
      maxLength: 16,
    });
    const near = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 3, maxLength: 5 });
    const text = fc.oneof(
      fc.string(),
      digits,
      near.map((octets) => octets.join('.')),
    );
    fc.assert(
      fc.property(text, (one) => {
        expect(ipv4Number(one) !== undefined).toBe(isIPv4(one));
      }),
      { numRuns: 1000 },
    );
  });
});
