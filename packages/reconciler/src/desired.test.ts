import { emptyKernelState, type KernelState, kernelState } from '@poplin/backend';
import { parseCidr, parseIp } from '@poplin/net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DesiredState } from './desired.js';
import { keyOf } from './item.js';

const via = (dst: string, hop: string): KernelState =>
  kernelState({
    routes: [{ type: 'unicast', dst: parseCidr(dst), link: 'eth0', via: parseIp(hop) }],
  });

const verbs = (changes: ReturnType<DesiredState['set']>): string[] =>
  changes.map(
    ({ verb, item }) => `${verb} ${item.kind === 'route' ? JSON.stringify(item.value) : ''}`,
  );

describe('DesiredState', () => {
  it('tells just what an owner changes', () => {
    const desired = new DesiredState();
    expect(desired.set('a', via('10.1.0.0/24', '192.0.2.1'))).toHaveLength(1);
    expect(desired.set('a', via('10.1.0.0/24', '192.0.2.1'))).toEqual([]);
    expect(verbs(desired.set('a', via('10.1.0.0/24', '192.0.2.2')))[0]).toMatch(/^replace/);
    expect(verbs(desired.set('a', emptyKernelState))[0]).toMatch(/^delete/);
    expect(desired.items.size).toBe(0);
  });

  it('leaves a contested object with the owner that came first', () => {
    const desired = new DesiredState();
    desired.set('first', via('10.1.0.0/24', '192.0.2.1'));
    expect(desired.set('second', via('10.1.0.0/24', '192.0.2.2'))).toEqual([]);
    expect(desired.ownersOf('route 10.1.0.0/24')).toEqual(['first', 'second']);
  });

  it('hands a contested object on when the first owner lets go', () => {
    const desired = new DesiredState();
    desired.set('first', via('10.1.0.0/24', '192.0.2.1'));
    desired.set('second', via('10.1.0.0/24', '192.0.2.2'));
    expect(verbs(desired.set('first', emptyKernelState))).toEqual([
      'replace {"type":"unicast","dst":"10.1.0.0/24","link":"eth0","via":"192.0.2.2"}',
    ]);
  });

  it('knows which links its items hang on', () => {
    const desired = new DesiredState();
    desired.set('a', via('10.1.0.0/24', '192.0.2.1'));
    desired.set('b', via('10.2.0.0/24', '192.0.2.1'));
    expect(desired.usesLink('eth0')).toBe(true);
    desired.set('a', emptyKernelState);
    expect(desired.usesLink('eth0')).toBe(true);
    desired.set('b', emptyKernelState);
    expect(desired.usesLink('eth0')).toBe(false);
  });

  it('hands an object from one owner to another without a change when both are set at once', () => {
    const desired = new DesiredState();
    desired.set('a', via('10.1.0.0/24', '192.0.2.1'));
    const states = new Map([
      ['a', emptyKernelState],
      ['b', via('10.1.0.0/24', '192.0.2.1')],
    ]);
    expect(desired.setAll(states)).toEqual([]);
    expect(desired.ownersOf('route 10.1.0.0/24')).toEqual(['b']);
  });

  it('knows what a link carries, whoever wants it, and not the tunnel over it', () => {
    const desired = new DesiredState();
    desired.set('a', via('10.1.0.0/24', '192.0.2.1'));
    desired.set('b', via('10.2.0.0/24', '192.0.2.1'));
    desired.set('b', via('10.2.0.0/24', '192.0.2.2'));
    const local = parseIp('192.0.2.7');
    const tunnel = {
      name: 'poplin.ipip',
      kind: 'ipip',
      mtu: 1480,
      local,
      underlay: 'eth0',
    } as const;
    desired.set('c', kernelState({ links: [tunnel] }));
    expect(desired.carriedBy('eth0').map(keyOf)).toEqual([
      'route 10.1.0.0/24',
      'route 10.2.0.0/24',
    ]);
    desired.set('a', emptyKernelState);
    desired.set('b', emptyKernelState);
    expect([desired.carriedBy('eth0'), desired.usesLink('eth0')]).toEqual([[], true]);
  });

  it('knows which addresses its routes have as source', () => {
    const desired = new DesiredState();
    const source = parseIp('192.0.2.7');
    const dst = parseCidr('10.1.0.0/24');
    const routes = [{ type: 'unicast', dst, link: 'eth0', source } as const];
    desired.set('a', kernelState({ routes }));
    expect([desired.usesSource(source), desired.usesSource(parseIp('192.0.2.8'))]).toEqual([
      true,
      false,
    ]);
    desired.set('a', emptyKernelState);
    expect(desired.usesSource(source)).toBe(false);
  });

  it('keeps a follower of its changes equal to itself, whoever changes what', () => {
    const step = fc.record({
      owner: fc.constantFrom('a', 'b', 'c'),
      nets: fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { maxLength: 4 }),
      hop: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const desired = new DesiredState();
        const follower = new Map<string, string>();
        for (const { owner, nets, hop } of steps) {
          const routes = nets.flatMap((n) => via(`10.${n}.0.0/16`, `192.0.2.${hop}`).routes);
          for (const { verb, item } of desired.set(owner, kernelState({ routes }))) {
            if (item.kind !== 'route') throw new Error('only routes were asked for');
            if (verb === 'delete') follower.delete(item.value.dst);
            else follower.set(item.value.dst, JSON.stringify(item.value));
          }
        }
        const wanted = [...desired.items.values()].map((item) =>
          item.kind === 'route' ? [item.value.dst, JSON.stringify(item.value)] : [],
        );
        expect([...follower].sort()).toEqual(wanted.sort());
      }),
    );
  });
});
