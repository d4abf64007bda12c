import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { optionsOf, refusal } from '../testing/call.js';
import { networkConfigSchema } from './schema.js';

const attempt = (keys: Readonly<Record<string, unknown>>) => refusal(() => optionsOf(keys));

describe('the configuration of a network', () => {
  it('may have every key of the specification and of runtimes', () => {
    const keys = {
      cniVersions: ['0.3.1', '1.0.0'],
      type: 'poplin',
      socket: '/run/poplin/poplin.sock',
      capabilities: { portMappings: true, bandwidth: true, dns: true, ips: true, mac: true },
      args: { cni: { labels: [] }, 'org.example': 3 },
      runtimeConfig: {},
      prevResult: null,
      disableCheck: 'true',
      disableGC: true,
      loadOnlyInlinedPlugins: false,
      ipam: {},
      'cni.dev/attachments': [],
      'example.org/anything': 1,
      _comment: 'nobody’s business',
    };
    expect(attempt(keys)).toBe('not refused');
  });

  it.each([
    ['pors', 'unknown key; valid here: '],
    ['route', 'unknown key; did you mean routes?'],
    ['Attach', 'unknown key; did you mean attach?'],
    ['ipMasq', 'unknown key; write masquerade.enabled'],
    ['mtu', 'unknown key; write attach.mtu'],
  ])('refuses %s with advice', (key, message) => {
    expect(attempt({ [key]: true })).toContain(`${key}: ${message}`);
  });

  it.each(['mode', 'bridge'])('sends attach.%s to the configuration of the cluster', (key) => {
    expect(attempt({ attach: { [key]: 'x' } })).toContain(
      `attach.${key}: unknown key; belongs to the`,
    );
  });

  it('lets comments stand in every object that an operator writes', () => {
    const comment = { _why: 'because', 'example.org/x': 1 };
    const keys = {
      attach: comment,
      masquerade: comment,
      dns: comment,
      bandwidth: comment,
      routes: [{ dst: '10.0.0.0/8', ...comment }],
    };
    expect(attempt(keys)).toBe('not refused');
  });

  it('tells all problems at once, each with its path', () => {
    const keys = { attach: { mtu: 'big', hairpin: 1 }, masquerade: { except: ['10.0.0.5/24'] } };
    expect(attempt(keys)).toBe(
      'INVALID_NETWORK_CONFIG network configuration: 3 problems: ' +
        '(1) attach.mtu: must be a whole number of bytes, 576 to 65535; ' +
        '(2) attach.hairpin: must be true or false; ' +
        '(3) masquerade.except[0]: "10.0.0.5/24" has bits set beyond its prefix length. Write 10.0.0.0/24',
    );
  });

  it('takes null for nothing, as Go does', () => {
    const nothing = {
      attach: null,
      masquerade: { except: null },
      routes: null,
      runtimeConfig: null,
    };
    expect(optionsOf({ ...nothing, args: null, dns: null })).toEqual(optionsOf({}));
  });

  it.each([
    ['attach', 'on'],
    ['attach', []],
    ['routes', {}],
    ['sysctls', []],
    ['runtimeConfig', 3],
    ['runtimeConfig', []],
    ['args', 'x'],
    ['capabilities', ['portMappings']],
    ['socket', 'poplin.sock'],
  ])('refuses %s = %j', (key, value) => {
    expect(attempt({ [key]: value })).toMatch(
      new RegExp(`^INVALID_NETWORK_CONFIG network configuration: ${key}: must be `),
    );
  });
});

describe('what Poplin does not have', () => {
  it.each([
    ['an IPAM plugin', { ipam: { type: 'host-local' } }, 'ipam: {"type":"host-local"}'],
    ['a declared capability', { capabilities: { ipRanges: true } }, 'capabilities.ipRanges: true'],
    [
      'a sent capability',
      { runtimeConfig: { ipRanges: [[{}]] } },
      'runtimeConfig.ipRanges: [[{}]]',
    ],
    ['one in other letters', { runtimeConfig: { DeviceID: 'x' } }, 'runtimeConfig.deviceID: "x"'],
  ])('is refused with key and value: %s', (_what, keys, shown) => {
    expect(attempt(keys)).toBe(
      `UNSUPPORTED_FIELD network configuration: ${shown} is not supported`,
    );
  });

  it.each([
    ['a capability that is declared off', { capabilities: { ipRanges: false } }],
    ['an empty list', { runtimeConfig: { ipRanges: [], aliases: null } }],
    ['no IPAM plugin', { ipam: {} }],
    [
      'what only tells',
      { capabilities: { cgroupPath: true }, runtimeConfig: { cgroupPath: '/x' } },
    ],
  ])('is not missed by %s', (_what, keys) => {
    expect(attempt(keys)).toBe('not refused');
  });

  it('names the nearest capability for one that nobody knows', () => {
    expect(attempt({ capabilities: { portMapping: true } })).toBe(
      'INVALID_NETWORK_CONFIG network configuration: capabilities.portMapping: unknown capability; did you mean portMappings?',
    );
  });
});

it('has the very keys that docs/cni.md lists', () => {
  const docs = readFileSync(resolve(import.meta.dirname, '../../../../../docs/cni.md'), 'utf8');
  const [, table = ''] = /## The network configuration(.*?)\n`attach\.mode`/s.exec(docs) ?? [];
  const listed = [...table.matchAll(/^\| `([a-z]+)[.`]/gim)].map(([, key]) => key);
  const known = Object.entries(networkConfigSchema.def.out.shape).filter(
    ([key]) =>
      ![
        'cniVersion',
        'cniVersions',
        'name',
        'type',
        'args',
        'runtimeConfig',
        'prevResult',
        'disableCheck',
        'disableGC',
        'loadOnlyInlinedPlugins',
        'ipam',
      ].includes(key),
  );
  expect(new Set(listed)).toEqual(new Set(known.map(([key]) => key)));
});
