import { describe, expect, it } from 'vitest';
import { conflistText, defaultSocket, isPoplinConflist } from './conflist.js';

describe('the network configuration', () => {
  it('is for runtimes old and new', () => {
    expect(JSON.parse(conflistText(defaultSocket))).toEqual({
      cniVersion: '1.0.0',
      cniVersions: ['0.3.1', '0.4.0', '1.0.0', '1.1.0'],
      name: 'poplin',
      plugins: [{ type: 'poplin' }],
    });
  });

  it('names the socket only when it is not the default one', () => {
    expect(JSON.parse(conflistText('/run/x.sock')).plugins).toEqual([
      { type: 'poplin', socket: '/run/x.sock' },
    ]);
  });

  it('is known by a plugin of type poplin, also after somebody added to it', () => {
    const chained = { plugins: [{ type: 'poplin' }, { type: 'portmap' }] };
    expect(isPoplinConflist(conflistText(defaultSocket))).toBe(true);
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
