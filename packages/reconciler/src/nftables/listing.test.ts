import type { NftObject } from '@poplin/netlink';
import { expect, it } from 'vitest';
import { elementsIn, skeletonOf } from './listing.js';

const set = (name: string, elem: unknown[]): NftObject =>
  ({ set: { family: 'inet', table: 'poplin', name, handle: 7, elem } }) as NftObject;
const map = (name: string, elem: unknown[]): NftObject =>
  ({ map: { family: 'inet', table: 'poplin', name, elem } }) as NftObject;

it('reads prefixes, however they are spelt', () => {
  const spellings = [
    { prefix: { addr: '10.0.0.0', len: 8 } },
    { range: ['10.0.0.0', '10.255.255.255'] },
    { prefix: { addr: '192.168.7.1', len: 32 } },
    { range: ['192.168.7.1', '192.168.7.1'] },
    '192.168.7.1',
    { range: ['10.0.0.1', '10.0.0.2'] },
  ];
  const keys = spellings.map((elem) => [...elementsIn([set('exempt_ipv4', [elem])]).keys()][0]);
  expect(keys).toEqual([
    'exempt_ipv4 { 10.0.0.0/8 }',
    'exempt_ipv4 { 10.0.0.0/8 }',
    'exempt_ipv4 { 192.168.7.1 }',
    'exempt_ipv4 { 192.168.7.1 }',
    'exempt_ipv4 { 192.168.7.1 }',
    'exempt_ipv4 { 10.0.0.1-10.0.0.2 }',
  ]);
});

it('reads everything as a range, and addresses as RFC 5952 has them', () => {
  const all = { range: ['::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'] };
  const [key] = elementsIn([set('plain_ipv6', [{ concat: ['::10.244.0.5', all] }])]).keys();
  expect(key).toBe('plain_ipv6 { ::af4:5 . ::/0 }');
});

it('reads protocols and ports by name and by number', () => {
  for (const key of [
    ['udp', 53],
    [17, 53],
    ['17', '53'],
  ]) {
    const listed = elementsIn([map('any_port_to_port_ipv4', [[{ concat: key }, 80]])]);
    expect([...listed]).toEqual([
      [
        'any_port_to_port_ipv4 { udp . 53 }',
        { set: 'any_port_to_port_ipv4', key: ['udp', 53], value: 80 },
      ],
    ]);
  }
});

it('tells listings apart by their chains and rules, not by elements and handles', () => {
  const chain: NftObject = { chain: { family: 'inet', table: 'poplin', name: 'host_ports' } };
  const one = [chain, set('isolated', ['pop1'])];
  expect(skeletonOf([chain, set('isolated', [])])).toBe(skeletonOf(one));
  expect(skeletonOf([set('isolated', ['pop1'])])).not.toBe(skeletonOf(one));
});
