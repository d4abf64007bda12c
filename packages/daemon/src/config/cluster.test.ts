import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError } from './error.js';
import { formatClusterConfig } from './format.js';
import { parseClusterConfig } from './parse.js';

/** The problems that a document is refused for, one line each. */
function problems(document: unknown): string[] {
  try {
    parseClusterConfig(document);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    expect(error.code).toBe('INVALID_CONFIG');
    for (const { path, message } of error.problems)
      expect(error.message).toContain(path + message ? message : '');
    return error.problems.map(({ path, message }) =>
      path === '' ? message : `${path}: ${message}`,
    );
  }
  return [];
}

describe('parseClusterConfig', () => {
  it.each([['{}'], [''], ['# nothing'], [{}]])('fills in every default of %j', (document) => {
    expect(parseClusterConfig(document)).toEqual({
      pools: [{ name: 'default', cidr: '10.244.0.0/16', blockSize: 26 }],
      backend: { type: 'host-gw', options: {} },
      attach: { mode: 'routed', bridge: 'poplin0', hairpin: true, isolation: false },
      masquerade: { enabled: true, except: [] },
      ipam: { coolDownSeconds: 30 },
      pathCheck: { enabled: true, port: 8473 },
    });
  });

  it('reads YAML and JSON alike', () => {
    const yaml = 'attach:\n  mode: bridge\n  mtu: 1400\nmasquerade: { except: [192.168.0.0/16] }\n';
    const json =
      '{\n\t"attach": {"mode": "bridge", "mtu": 1400},\n\t"masquerade": {"except": ["192.168.0.0/16"]}}';
    expect(parseClusterConfig(yaml)).toEqual(parseClusterConfig(json));
    expect(parseClusterConfig(yaml)).toMatchObject({
      attach: { mode: 'bridge', mtu: 1400 },
      masquerade: { enabled: true, except: ['192.168.0.0/16'] },
    });
  });

  it('names the nearest valid key for an unknown one', () => {
    expect(problems('pols: []')).toEqual(['pols: unknown key; did you mean pools?']);
    expect(problems('ipam: { cooldownseconds: 3 }')).toEqual([
      'ipam.cooldownseconds: unknown key; did you mean coolDownSeconds?',
    ]);
  });

  it('lists the valid keys where none is near', () => {
    expect(problems('attach: { colour: red }')).toEqual([
      'attach.colour: unknown key; valid here: mode, bridge, mtu, hairpin, isolation',
    ]);
  });

  it('tells all problems of a document at once, each with its path', () => {
    const document = {
      pols: [],
      attach: { mode: 'routd', mtu: 'big' },
      masquerade: { except: ['10.0.0.5/24', 'x'] },
      ipam: { coolDownSeconds: 4000 },
      pathCheck: { port: 0 },
    };
    expect(problems(document)).toEqual([
      'attach.mode: must be one of routed, bridge, not "routd"',
      'attach.mtu: must be a whole number of bytes, 576 to 65535',
      'masquerade.except[0]: "10.0.0.5/24" is not a masked prefix; write for example 192.168.0.0/16',
      'masquerade.except[1]: "x" is not a masked prefix; write for example 192.168.0.0/16',
      'ipam.coolDownSeconds: must be 0 to 3600 seconds',
      'pathCheck.port: must be a port that is free on all nodes, 1 to 65535',
      'pols: unknown key; did you mean pools?',
    ]);
  });

  it.each([575, 65536, 1400.5])('refuses a pod MTU of %d', (mtu) => {
    expect(problems({ attach: { mtu } })).toHaveLength(1);
  });

  it.each(['poplin', 'poplin0', 'poplin_b-123456'])(
    'takes %s for the name of the bridge',
    (bridge) => {
      expect(parseClusterConfig({ attach: { bridge } }).attach.bridge).toBe(bridge);
    },
  );

  it.each([
    ['somebody else’s', 'docker0'],
    ['16 bytes', 'poplin0123456789'],
    ['a link of a backend', 'poplin.vxlan'],
    ['with a slash', 'poplin/0'],
    ['empty', ''],
  ])('refuses a name of the bridge that is %s', (_what, bridge) => {
    expect(problems({ attach: { bridge } })).toEqual([
      'attach.bridge: must be poplin and up to 9 letters, digits, "_" or "-" behind it',
    ]);
  });

  it('refuses a hairpin or isolation that is not true or false', () => {
    expect(problems({ attach: { hairpin: 'yes', isolation: 1 } })).toEqual([
      'attach.hairpin: must be true or false, not "yes"',
      'attach.isolation: must be true or false, not 1',
    ]);
  });

  it('refuses a pod MTU under 1280 only with an IPv6 pool', () => {
    const pools = [{ name: 'six', cidr: 'fd00:10:244::/56', blockSize: 122 }];
    expect(problems({ attach: { mtu: 1279 } })).toEqual([]);
    expect(problems({ pools, attach: { mtu: 1280 } })).toEqual([]);
    expect(problems({ pools, attach: { mtu: 1279 } })).toEqual([
      'attach.mtu: must be at least 1280 because pool "six" is IPv6 (RFC 8200 §5)',
    ]);
  });

  it('says under their paths what is wrong with pools', () => {
    const pools = [{ name: 'default', cidr: '10.244.0.0/16', blocksize: 26 }];
    expect(problems({ pools }).join('\n')).toContain(
      'pools[0].blocksize: unknown key; did you mean blockSize?',
    );
  });

  it('refuses overlapping pools', () => {
    const pools = [
      { name: 'a', cidr: '10.244.0.0/16', blockSize: 26 },
      { name: 'b', cidr: '10.244.128.0/17', blockSize: 26 },
    ];
    expect(problems({ pools }).join('\n')).toMatch(/overlap/);
  });

  it('tells where truncated JSON ends', () => {
    expect(problems('{"attach": {"mode": "bri')[0]).toMatch(
      /^line 1, column \d+: the text ends too early/,
    );
    expect(problems('{"attach": {"mode": "bridge"')).toEqual([
      'line 1, column 29: the text ends too early: Flow map must end with a }',
    ]);
  });

  it('refuses a key given twice, two documents, and anchors', () => {
    expect(problems('ipam: {}\nipam: {}')).toEqual(['line 2, column 1: Map keys must be unique']);
    expect(problems('ipam: {}\n---\nipam: {}')).toEqual([
      'line 2, column 1: Source contains multiple documents',
    ]);
    expect(problems('backend: &b { options: { self: *b } }')).toEqual([
      'anchors and aliases (&name, *name) are not supported; write the value out',
    ]);
  });

  it.each(['[]', '"text"', '3', 'true'])('refuses %s as a whole document', (document) => {
    expect(problems(document)[0]).toMatch(/^must be a mapping of keys to values, not /);
  });

  it('refuses a key that would reach a prototype', () => {
    expect(problems('__proto__: { polluted: true }')[0]).toMatch(/^__proto__: unknown key/);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('answers any text with a configuration or a ConfigError', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.string({ unit: 'binary' })), (text) => {
        problems(text);
      }),
    );
  });
});

describe('formatClusterConfig', () => {
  it('writes the same text whatever the order of keys', () => {
    const a = parseClusterConfig(
      '{"attach":{"mtu":1400,"mode":"bridge"},"backend":{"options":{"b":1,"a":[2]}}}',
    );
    const b = parseClusterConfig(
      '{"backend":{"options":{"a":[2],"b":1}},"attach":{"mode":"bridge","mtu":1400}}',
    );
    expect(formatClusterConfig(a)).toBe(formatClusterConfig(b));
  });

  it('writes what parseClusterConfig reads back', () => {
    const config = parseClusterConfig({
      attach: { mode: 'bridge', mtu: 1400 },
      backend: { options: { x: null } },
    });
    expect(parseClusterConfig(formatClusterConfig(config))).toEqual(config);
  });
});
