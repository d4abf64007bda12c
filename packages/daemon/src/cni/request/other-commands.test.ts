import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { call, config, refusal } from '../testing/call.js';
import { parseCheckCall } from './check.js';
import { parseDelCall } from './del.js';
import { parseGcCall } from './gc.js';
import { parseStatusCall } from './status.js';

const prevResult = { cniVersion: '1.1.0', interfaces: [], ips: [] };

describe('parseDelCall', () => {
  const request = { containerId: 'a'.repeat(64), ifname: 'eth0', netnsPath: '' };

  it('takes a namespace that has gone', () => {
    expect(parseDelCall(call({ netns: '' }))).toEqual(request);
  });

  it.each([
    ['cut short', Buffer.from('{"name":')],
    ['of a version from the future', config({ cniVersion: '9.0.0' })],
    ['without a name', config({ name: undefined })],
    ['empty', Buffer.alloc(0)],
  ])('is the same when the configuration is %s', (_what, broken) => {
    expect(parseDelCall(call({ netns: '', config: broken }))).toEqual(request);
  });

  it('does not care about keys that an ADD would refuse, nor about CNI_ARGS', () => {
    const broken = call({ config: config({ colour: 'red', ipam: { type: 'x' } }), args: '=;=' });
    expect(parseDelCall(broken)).toEqual({ ...request, netnsPath: '/run/netns/cni-1' });
  });

  it('refuses what no ADD can have had', () => {
    expect(refusal(() => parseDelCall(call({ containerId: '../x' })))).toMatch(/^INVALID_REQUEST/);
  });

  it('never fails on a configuration', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          expect(parseDelCall(call({ config: bytes })).ifname).toBe('eth0');
        },
      ),
    );
  });
});

describe('parseCheckCall', () => {
  it('takes a configuration with prevResult', () => {
    const request = parseCheckCall(call({ config: config({ prevResult }) }));
    expect(request).toMatchObject({ network: 'poplin', netnsPath: '/run/netns/cni-1' });
    expect(request.previous.document).toEqual(prevResult);
  });

  it.each([[undefined], [null]])('refuses prevResult %j', (none) => {
    expect(refusal(() => parseCheckCall(call({ config: config({ prevResult: none }) })))).toBe(
      'INVALID_NETWORK_CONFIG network configuration: prevResult: is missing; a CHECK needs it',
    );
  });

  it('is of version 0.4.0 at least', () => {
    const at = (cniVersion: string) => call({ config: config({ cniVersion, prevResult: {} }) });
    expect(refusal(() => parseCheckCall(at('0.3.1')))).toMatch(/^INCOMPATIBLE_VERSION .*0\.4\.0/);
    expect(parseCheckCall(at('0.4.0')).cniVersion).toBe('0.4.0');
  });

  it('does not judge the rest: the attachment lives', () => {
    const later = call({ config: config({ prevResult, colour: 'red' }) });
    expect(refusal(() => parseCheckCall(later))).toBe('not refused');
  });

  it('needs a namespace', () => {
    const without = call({ netns: '', config: config({ prevResult }) });
    expect(refusal(() => parseCheckCall(without))).toMatch(/^INVALID_REQUEST CNI_NETNS/);
  });
});

describe('parseStatusCall', () => {
  it('is of version 1.1.0 at least', () => {
    expect(parseStatusCall({ config: config() })).toEqual({
      cniVersion: '1.1.0',
      network: 'poplin',
    });
    const old = config({ cniVersion: '1.0.0' });
    expect(refusal(() => parseStatusCall({ config: old }))).toMatch(/^INCOMPATIBLE_VERSION /);
  });

  it('refuses what an ADD would refuse', () => {
    expect(refusal(() => parseStatusCall({ config: config({ atach: {} }) }))).toContain(
      'atach: unknown key; did you mean attach?',
    );
  });
});

describe('parseGcCall', () => {
  const valid = 'cni.dev/valid-attachments';
  const other = 'cni.dev/attachments';
  const sweep = (keys: Record<string, unknown>) => parseGcCall({ config: config(keys) }).valid;
  const a = { containerID: 'a', ifname: 'eth0' };
  const b = { containerID: 'b', ifname: 'eth0' };

  it.each([valid, other])('reads the list under %s', (key) => {
    expect(sweep({ [key]: [a] })).toEqual([{ containerId: 'a', ifname: 'eth0' }]);
  });

  it('joins the lists under both keys', () => {
    expect(sweep({ [valid]: [a, b], [other]: [b, { ...b, ifname: 'net1' }] })).toEqual([
      { containerId: 'a', ifname: 'eth0' },
      { containerId: 'b', ifname: 'eth0' },
      { containerId: 'b', ifname: 'net1' },
    ]);
  });

  it('tells an empty list from no list', () => {
    expect(sweep({ [valid]: [] })).toEqual([]);
    expect(sweep({})).toBeUndefined();
  });

  it('takes null for no list: nothing is removed on its word', () => {
    expect(sweep({ [valid]: null })).toBeUndefined();
    expect(sweep({ [valid]: null, [other]: [a] })).toHaveLength(1);
  });

  it('finds keys of an entry whatever their case', () => {
    expect(sweep({ [valid]: [{ ContainerID: 'a', IfName: 'eth0' }] })).toHaveLength(1);
  });

  it.each([
    ['a text', 'a'],
    ['a mapping', {}],
    ['a list of texts', ['a']],
    ['an entry without a container', [{ ifname: 'eth0' }]],
    ['an entry without an interface', [{ containerID: 'a' }]],
    ['one bad entry among good ones', [a, { containerID: 'x/y', ifname: 'eth0' }]],
  ])('refuses %s rather than take it for an empty list', (_what, list) => {
    expect(refusal(() => sweep({ [valid]: list }))).toMatch(/^INVALID_NETWORK_CONFIG /);
  });

  it('is of version 1.1.0 at least', () => {
    const old = { config: config({ cniVersion: '1.0.0', [valid]: [] }) };
    expect(refusal(() => parseGcCall(old))).toMatch(/^INCOMPATIBLE_VERSION /);
  });
});
