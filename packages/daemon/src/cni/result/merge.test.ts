import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bridged, previousOf } from '../testing/result.js';
import { cniVersions } from '../version.js';
import { formatResult } from './format.js';
import { mergeResult, resultText } from './merge.js';

const theirs = {
  cniVersion: '1.1.0',
  interfaces: [
    { name: 'br0', socketPath: '/x' },
    { name: 'net0', sandbox: '/run/netns/cni-1' },
  ],
  ips: [{ address: '192.0.2.5/24', interface: 1, note: 'kept' }],
  routes: [{ dst: '198.51.100.0/24', gw: '192.0.2.1' }],
  dns: { nameservers: ['192.0.2.53'] },
  extra: { kept: true },
};

describe('the result behind other plugins', () => {
  it('is ours alone where there are none', () => {
    expect(mergeResult(undefined, bridged, '1.0.0')).toEqual(formatResult(bridged, '1.0.0'));
  });

  it('has theirs word for word, and ours behind it', () => {
    const merged = mergeResult(previousOf(theirs), bridged, '1.1.0');
    const own = formatResult(bridged, '1.1.0');
    expect(merged).toMatchObject({ cniVersion: '1.1.0', extra: { kept: true } });
    expect(merged.interfaces).toEqual([...theirs.interfaces, ...own.interfaces]);
    expect(merged.routes).toEqual([...theirs.routes, ...own.routes]);
    expect(merged.ips[0]).toEqual(theirs.ips[0]);
  });

  it('moves the indexes of our addresses behind their interfaces', () => {
    const merged = mergeResult(previousOf(theirs), bridged, '1.1.0');
    expect(merged.ips.map((ip) => ip.interface)).toEqual([1, 4, 4]);
    expect(merged.interfaces[4]).toMatchObject({ name: 'eth0' });
  });

  it('keeps their DNS where we say nothing, else ours', () => {
    const previous = previousOf(theirs);
    expect(mergeResult(previous, bridged, '1.1.0').dns).toEqual(theirs.dns);
    const ours = { ...bridged, dns: { search: ['a.b'] } };
    expect(mergeResult(previous, ours, '1.1.0').dns).toEqual({ search: ['a.b'] });
  });

  it('has no DNS where our configuration says so by an empty list', () => {
    const ours = { ...bridged, dns: { nameservers: [] } };
    expect(mergeResult(previousOf(theirs), ours, '1.1.0')).not.toHaveProperty('dns');
  });

  it.each(cniVersions)('can be read again in %s', (version) => {
    const names = fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { maxLength: 4 });
    fc.assert(
      fc.property(names, fc.boolean(), (earlier, said) => {
        const before = previousOf({ interfaces: earlier.map((name) => ({ name })) }, version);
        const ours = said ? { ...bridged, dns: { search: ['x'] } } : bridged;
        const text = resultText(before, ours, version);
        const again = previousOf(JSON.parse(text), version);
        expect(again.cniVersion).toBe(version);
        expect(again.interfaces.map(({ name }) => name)).toEqual([
          ...earlier,
          ...bridged.interfaces.map(({ name }) => name),
        ]);
        expect(again.ips).toEqual(
          bridged.ips.map((ip) => ({ ...ip, interface: earlier.length + 2 })),
        );
      }),
    );
  });
});
