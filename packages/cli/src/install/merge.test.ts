import { describe, expect, it } from 'vitest';
import { type Conflist, defaultConflist, defaultSocket } from './conflist.js';
import { mergeConflist } from './merge.js';

const poplin = defaultConflist(defaultSocket).plugins[0] ?? {};
const list = (changes: Readonly<Record<string, unknown>> = {}): Conflist => ({
  ...defaultConflist(defaultSocket),
  ...changes,
});

describe('a network configuration that is brought up to date', () => {
  it('is the same one when nothing is missing', () => {
    for (const same of [list(), list({ cniVersion: '0.4.0' }), list({ disableCheck: true })]) {
      const { value, changes } = mergeConflist(same, defaultSocket);
      expect(value).toBe(same);
      expect(changes).toEqual([]);
    }
  });

  it('keeps other plugins, foreign keys, their order, and what is switched off', () => {
    const before = {
      disableGC: true,
      ...list(),
      'example.com/owner': 'me',
      plugins: [
        { type: 'tuning', sysctl: { 'net.core.somaxconn': '500' } },
        {
          routes: [{ dst: '192.0.2.0/24' }],
          type: 'poplin',
          masquerade: { enabled: false },
          capabilities: { portMappings: false, aliases: true },
        },
        { type: 'portmap', capabilities: { portMappings: true } },
      ],
    };
    const { value, changes } = mergeConflist(before, '/run/x.sock');
    expect(JSON.stringify(value)).toBe(
      JSON.stringify({
        ...before,
        plugins: [
          before.plugins[0],
          {
            ...before.plugins[1],
            capabilities: {
              portMappings: false,
              aliases: true,
              bandwidth: true,
              dns: true,
              ips: true,
              mac: true,
              'io.kubernetes.cri.pod-annotations': true,
            },
            socket: '/run/x.sock',
          },
          before.plugins[2],
        ],
      }),
    );
    expect(changes).toEqual([
      'socket /run/poplin/poplin.sock is now /run/x.sock',
      'capabilities bandwidth, dns, ips, mac, io.kubernetes.cri.pod-annotations added',
    ]);
  });

  it('takes a socket away that is no longer needed', () => {
    const before = list({ plugins: [{ ...poplin, socket: '/run/x.sock' }] });
    const { value, changes } = mergeConflist(before, defaultSocket);
    expect(value.plugins).toEqual([poplin]);
    expect(changes).toEqual(['socket /run/x.sock is now /run/poplin/poplin.sock']);
  });

  it.each([
    ['missing', undefined, undefined],
    ['too new for an old runtime', '1.1.0', ['1.1.0']],
    ['one that the shim does not speak', '0.2.0', ['0.2.0', '9.0.0']],
  ])('has the versions of the shim when they were %s', (_what, cniVersion, cniVersions) => {
    const { value, changes } = mergeConflist(list({ cniVersion, cniVersions }), defaultSocket);
    expect(value).toEqual(list());
    expect(changes).toHaveLength(2);
  });

  it('keeps the versions of a list with other plugins, which may speak fewer', () => {
    const plugins = [poplin, { type: 'portmap' }];
    const before = list({ cniVersion: '0.4.0', cniVersions: ['0.4.0'], plugins });
    expect(mergeConflist(before, defaultSocket).changes).toEqual([]);
    const none = list({ cniVersion: '0.2.0', cniVersions: undefined, plugins });
    const { value, changes } = mergeConflist(none, defaultSocket);
    expect(value).toMatchObject({ cniVersion: '1.0.0', cniVersions: undefined });
    expect(changes).toEqual(['cniVersion is now 1.0.0']);
  });

  it('gets a name, without which no runtime takes it', () => {
    const { value, changes } = mergeConflist(list({ name: undefined }), defaultSocket);
    expect(value.name).toBe('poplin');
    expect(changes).toHaveLength(1);
    expect(mergeConflist(list({ name: 'mine' }), defaultSocket).value.name).toBe('mine');
  });
});
