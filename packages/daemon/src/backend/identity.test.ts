import fc from 'fast-check';
import { expect, it } from 'vitest';
import { backendIdentity, canonicalJson } from './identity.js';

it('does not mind the order of members, nor those that are undefined', () => {
  const one = { vni: 1, port: 8472, deep: { b: [1, { y: 1, x: 2 }], a: null } };
  const other = { deep: { a: null, b: [1, { x: 2, y: 1 }] }, port: 8472, mtu: undefined, vni: 1 };
  expect(backendIdentity('vxlan', one)).toBe(backendIdentity('vxlan', other));
  expect(backendIdentity('vxlan', one)).not.toBe(backendIdentity('udp', one));
});

it('takes nothing for the empty object', () => {
  expect(backendIdentity('host-gw', undefined)).toBe(backendIdentity('host-gw', {}));
});

it('is the same text after a way through the registry, and tells different values apart', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      const there = JSON.parse(JSON.stringify(a));
      expect(canonicalJson(there)).toBe(canonicalJson(a));
      expect(canonicalJson(a) === canonicalJson(b)).toBe(
        JSON.stringify(sorted(a)) === JSON.stringify(sorted(b)),
      );
    }),
  );
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([key, member]) => [key, sorted(member)] as const);
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)));
}
