import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refusal } from '../testing/call.js';
import { bridged, previousOf } from '../testing/result.js';
import { cniVersions, isAtLeast } from '../version.js';
import { formatResult } from './format.js';
import { parsePrevResult } from './previous.js';

describe('prevResult', () => {
  it('may be absent', () => {
    expect(parsePrevResult({}, '1.0.0')).toBeUndefined();
    expect(parsePrevResult({ prevResult: null }, '1.0.0')).toBeUndefined();
  });

  it.each(cniVersions)('is read back from a result of %s', (version) => {
    const previous = previousOf(formatResult(bridged, version), version);
    expect(previous.ips).toEqual(bridged.ips);
    const complete = isAtLeast(version, '1.1.0');
    expect(previous.routes).toEqual(
      bridged.routes.map(({ dst, gw, ...rest }) => ({
        dst,
        ...(gw && { gw }),
        ...(complete && rest),
      })),
    );
    expect(previous.interfaces.map(({ name, sandbox }) => [name, sandbox])).toEqual(
      bridged.interfaces.map(({ name, sandbox }) => [name, sandbox]),
    );
  });

  it('keeps word for word what is not known', () => {
    const document = { interfaces: [{ name: 'eth0', pciID: '0000:00:1f.6' }], extra: [1] };
    expect(previousOf(document).document).toEqual(document);
  });

  it('takes null for what was not said', () => {
    const document = { interfaces: [{ name: 'x', mac: null }], ips: null, routes: null, dns: null };
    expect(previousOf(document)).toMatchObject({
      interfaces: [{ name: 'x' }],
      ips: [],
      routes: [],
    });
  });

  it('is of the configuration’s version, or of none', () => {
    expect(previousOf({}, '1.0.0').cniVersion).toBe('1.0.0');
    expect(previousOf({ cniVersion: '' }, '1.0.0').cniVersion).toBe('1.0.0');
    expect(refusal(() => previousOf({ cniVersion: '0.4.0' }, '1.0.0'))).toBe(
      'INVALID_NETWORK_CONFIG network configuration: prevResult.cniVersion: is "0.4.0", but the configuration is of 1.0.0',
    );
  });

  it.each([
    ['prevResult', []],
    ['prevResult', 'x'],
    ['prevResult.interfaces', { interfaces: {} }],
    ['prevResult.interfaces[0].name', { interfaces: [{}] }],
    ['prevResult.ips[0].address', { ips: [{ address: '10.0.0.1' }] }],
    ['prevResult.ips[0].address', { ips: [{ address: 1 }] }],
    ['prevResult.routes[0].dst', { routes: [{ gw: '10.0.0.1' }] }],
  ])('is refused at %s', (path, document) => {
    expect(refusal(() => previousOf(document))).toContain(
      `INVALID_NETWORK_CONFIG network configuration: ${path}: `,
    );
  });

  it.each([1, -1, 0.5])('is refused with an index of %d where one interface is', (at) => {
    const document = {
      interfaces: [{ name: 'x' }],
      ips: [{ address: '10.0.0.1/24', interface: at }],
    };
    expect(refusal(() => previousOf(document))).toContain('prevResult.ips[0].interface: is ');
  });

  it('answers any JSON with a value or its own error', () => {
    const keys = fc.constantFrom('interfaces', 'ips', 'routes', 'dns', 'cniVersion', 'x');
    const documents = fc.dictionary(keys, fc.jsonValue());
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), documents), (prevResult) => {
        refusal(() => parsePrevResult({ prevResult }, '1.1.0'));
      }),
    );
  });
});
