import { cidrOf, type Family, ipFromBytes } from '@poplin/net';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodePrefix } from './prefix.js';

const families = fc.constantFrom<[Family, number]>(['ipv4', 4], ['ipv6', 16]);

it('masks as cidrOf does, for every length', () => {
  fc.assert(
    fc.property(
      families.chain(([family, size]) =>
        fc.tuple(
          fc.constant(family),
          fc.uint8Array({ minLength: size, maxLength: size }),
          fc.integer({ min: 0, max: 8 * size }),
        ),
      ),
      ([family, bytes, length]) => {
        expect(decodePrefix('test', family, bytes, length)).toBe(
          cidrOf(ipFromBytes(bytes), length),
        );
      },
    ),
  );
});

it('reads no bytes as the zero address', () => {
  expect(decodePrefix('test', 'ipv4', undefined, 0)).toBe('0.0.0.0/0');
  expect(decodePrefix('test', 'ipv6', undefined, 0)).toBe('::/0');
});

it('refuses a length or an address of the other family', () => {
  const decode = expect.objectContaining({ code: 'DECODE' });
  expect(() => decodePrefix('test', 'ipv4', new Uint8Array(4), 33)).toThrow(decode);
  expect(() => decodePrefix('test', 'ipv4', new Uint8Array(16), 32)).toThrow(decode);
});
