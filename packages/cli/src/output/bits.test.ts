import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatBits, parseBits } from './bits.js';

describe('bits', () => {
  it.each([
    ['1', '1'],
    ['800k', '800000'],
    ['800K', '800000'],
    ['10M', '10000000'],
    ['2.5G', '2500000000'],
    ['0.001k', '1'],
    ['100T', '100000000000000'],
  ])('%s are %s', (text, bits) => {
    expect(`${parseBits(text)}`).toBe(bits);
  });

  it.each([
    '',
    '0',
    '0M',
    '-1',
    '10m',
    '10Mbit',
    '10 M',
    '1e6',
    '0.5',
    '1.0001k',
    '1001T',
    'M',
    '.5M',
  ])('are not "%s"', (text) => {
    expect(() => parseBits(text)).toThrow('It must be a number of bits');
  });

  it.each([
    ['999', '999'],
    ['1000', '1k'],
    ['1500', '1.5k'],
    ['1234567', '1234.567k'],
    ['10000000', '10M'],
    ['2050000000', '2.05G'],
    ['100000000000000', '100T'],
  ])('%s are shown as %s', (bits, text) => {
    expect(formatBits(BigInt(bits))).toBe(text);
  });

  it('are read back as they are shown', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 15n }), (bits) => {
        expect(parseBits(formatBits(bits))).toBe(bits);
      }),
    );
  });
});
