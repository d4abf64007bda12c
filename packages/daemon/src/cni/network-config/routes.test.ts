import { describe, expect, it } from 'vitest';
import { optionsOf, refusal } from '../testing/call.js';

const routesOf = (...routes: readonly unknown[]) => optionsOf({ routes }).routes;
const refused = (...routes: readonly unknown[]) => refusal(() => routesOf(...routes));

describe('routes', () => {
  it('keep every attribute of the specification', () => {
    const full = {
      dst: '192.168.0.0/16',
      gw: '10.244.0.7',
      mtu: 1400,
      advmss: 1360,
      priority: 50,
      table: 100,
      scope: 0,
    };
    expect(routesOf(full)).toEqual([full]);
  });

  it('write addresses in their canonical text', () => {
    expect(routesOf({ dst: 'FD00:0::/32', gw: 'fd01::0' })).toEqual([
      { dst: 'fd00::/32', gw: 'fd01::' },
    ]);
  });

  it.each([253, 254])('may stay on the link by scope %d', (scope) => {
    expect(routesOf({ dst: '192.0.2.1/32', scope })).toEqual([{ dst: '192.0.2.1/32', scope }]);
  });

  it.each([
    ['no destination', {}, 'routes[0].dst: '],
    ['host bits', { dst: '10.0.0.5/24' }, 'Write 10.0.0.0/24'],
    ['no prefix length', { dst: '10.0.0.0' }, 'routes[0].dst: '],
    ['a gateway that is none', { dst: '10.0.0.0/8', gw: 'x' }, 'routes[0].gw: '],
    [
      'a gateway of the other family',
      { dst: '10.0.0.0/8', gw: 'fe80::1' },
      'gw: is not of the family',
    ],
    [
      'a gateway on scope link',
      { dst: '10.0.0.0/8', gw: '10.0.0.1', scope: 253 },
      'gw: needs scope 0',
    ],
    [
      'a scope that CNI does not know',
      { dst: '10.0.0.0/8', scope: 200 },
      'scope: must be 0 (global)',
    ],
    [
      'an MTU that the kernel would clamp',
      { dst: '10.0.0.0/8', mtu: 65521 },
      'mtu: must be a whole',
    ],
    [
      'an advmss that the kernel would clamp',
      { dst: '10.0.0.0/8', advmss: 65496 },
      'advmss: must be',
    ],
    ['table 0', { dst: '10.0.0.0/8', table: 0 }, 'table: must be a whole number, 1 to 4294967295'],
    ['a negative metric', { dst: '10.0.0.0/8', priority: -1 }, 'priority: must be a whole number'],
    ['an unknown key', { dst: '10.0.0.0/8', gateway: 'x' }, 'routes[0].gateway: unknown key'],
  ])('are refused with %s', (_what, route, message) => {
    expect(refused(route)).toContain(message);
  });

  it('may lead to one destination by two next hops', () => {
    const dst = '10.0.0.0/8';
    expect(routesOf({ dst, gw: '10.1.0.1' }, { dst, gw: '10.1.0.2' })).toHaveLength(2);
    expect(routesOf({ dst }, { dst, table: 100 }, { dst, priority: 5 })).toHaveLength(3);
  });

  it('are refused when one is there twice', () => {
    const dst = '10.0.0.0/8';
    expect(refused({ dst }, { dst, table: 254, mtu: 1400 })).toContain(
      'routes[1]: 10.0.0.0/8 is there already',
    );
  });
});
