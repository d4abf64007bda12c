import { describe, expect, it } from 'vitest';
import { defaultConflist, defaultSocket, formatConflist, isPoplinConflist } from './conflist.js';

const textFor = (socket: string): string => formatConflist(defaultConflist(socket));
const capabilities = {
  portMappings: true,
  bandwidth: true,
  dns: true,
  ips: true,
  mac: true,
  'io.kubernetes.cri.pod-annotations': true,
};

describe('the network configuration', () => {
  it('is for runtimes old and new, and declares all that they may send', () => {
    expect(JSON.parse(textFor(defaultSocket))).toEqual({
      cniVersion: '1.0.0',
      cniVersions: ['0.3.1', '0.4.0', '1.0.0', '1.1.0'],
      name: 'poplin',
      plugins: [{ type: 'poplin', capabilities }],
    });
  });

  it('names the socket only when it is not the default one', () => {
    expect(JSON.parse(textFor('/run/x.sock')).plugins).toEqual([
      { type: 'poplin', socket: '/run/x.sock', capabilities },
    ]);
  });

  it('is known by a plugin of type poplin, also after somebody added to it', () => {
    const chained = { plugins: [{ type: 'poplin' }, { type: 'portmap' }] };
    expect(isPoplinConflist(textFor(defaultSocket))).toBe(true);
    expect(isPoplinConflist(JSON.stringify(chained))).toBe(true);
  });

  it.each([
    '',
    '{',
    'null',
    '[]',
    '{}',
    '{"plugins":1}',
    '{"plugins":[null]}',
    '{"type":"poplin"}',
  ])('is not %j', (text) => expect(isPoplinConflist(text)).toBe(false));
});
