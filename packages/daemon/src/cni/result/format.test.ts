import { describe, expect, it } from 'vitest';
import { bridged } from '../testing/result.js';
import { cniVersions } from '../version.js';
import { formatResult } from './format.js';

const printed = (version: (typeof cniVersions)[number], result = bridged) =>
  JSON.parse(JSON.stringify(formatResult(result, version)));

const old = ['0.3.1', '0.4.0'] as const;
const modern = ['1.0.0', '1.1.0'] as const;

describe('the result of an ADD', () => {
  it.each(cniVersions)('is of the version that was asked for: %s', (version) => {
    expect(printed(version).cniVersion).toBe(version);
  });

  it.each(old)('tells the family of each address in %s', (version) => {
    expect(printed(version).ips).toEqual([
      { version: '4', address: '10.244.0.9/26', gateway: '169.254.1.1', interface: 2 },
      { version: '6', address: 'fd00::9/122', gateway: 'fe80::1', interface: 2 },
    ]);
  });

  it.each(modern)('does not tell the family in %s', (version) => {
    expect(printed(version).ips).toEqual([
      { address: '10.244.0.9/26', gateway: '169.254.1.1', interface: 2 },
      { address: 'fd00::9/122', gateway: 'fe80::1', interface: 2 },
    ]);
  });

  it.each(old)('has an empty dns in %s where nothing is said', (version) => {
    expect(printed(version).dns).toEqual({});
    expect(printed(version, { ...bridged, dns: { nameservers: [] } }).dns).toEqual({});
  });

  it.each(modern)('has no dns in %s where nothing is said', (version) => {
    expect(printed(version)).not.toHaveProperty('dns');
    expect(printed(version, { ...bridged, dns: { search: [] } })).not.toHaveProperty('dns');
  });

  it.each(cniVersions)('prints what dns says in %s', (version) => {
    const dns = { nameservers: ['10.96.0.10'], domain: 'x.y', search: [], options: ['ndots:5'] };
    expect(printed(version, { ...bridged, dns }).dns).toEqual({
      nameservers: ['10.96.0.10'],
      domain: 'x.y',
      options: ['ndots:5'],
    });
  });

  it('tells MTUs and attributes of routes in 1.1.0', () => {
    const { interfaces, routes } = printed('1.1.0');
    expect(interfaces).toEqual(bridged.interfaces);
    expect(routes).toEqual(bridged.routes);
  });

  it.each([...old, '1.0.0'] as const)('has no room for them in %s', (version) => {
    const { interfaces, routes } = printed(version);
    expect(interfaces).toEqual([
      { name: 'poplin0', mac: '0a:58:a9:fe:01:01' },
      { name: 'pop0123456789a' },
      { name: 'eth0', mac: '0a:58:0a:f4:00:09', sandbox: '/run/netns/cni-1' },
    ]);
    expect(routes[2]).toEqual({ dst: '192.168.0.0/16' });
  });

  it('prints the index 0 of an interface, and none that is absent', () => {
    const [first] = bridged.ips;
    if (!first) throw new TypeError('the pod has addresses');
    const { interface: _place, ...bare } = first;
    const ips = [{ ...bare, interface: 0 }, bare];
    expect(printed('1.1.0', { ...bridged, ips }).ips).toEqual([
      { address: '10.244.0.9/26', gateway: '169.254.1.1', interface: 0 },
      { address: '10.244.0.9/26', gateway: '169.254.1.1' },
    ]);
  });
});
