import { describe, expect, it } from 'vitest';
import { parseRegistryUrl } from './url.js';

describe('the text that says where the registry is', () => {
  it.each([
    ['embedded', { kind: 'embedded' }],
    ['etcd://10.0.0.1:2379', { kind: 'etcd', endpoints: ['10.0.0.1:2379'], tls: false }],
    ['etcd://a,b:1,a:2379/', { kind: 'etcd', endpoints: ['a:2379', 'b:1'], tls: false }],
    ['etcds://etcd.example:2379', { kind: 'etcd', endpoints: ['etcd.example:2379'], tls: true }],
    ['etcd://[fd00::1]:2379', { kind: 'etcd', endpoints: ['[fd00::1]:2379'], tls: false }],
    ['etcd://[fd00::1]', { kind: 'etcd', endpoints: ['[fd00::1]:2379'], tls: false }],
  ])('%s is read', (text, expected) => {
    expect(parseRegistryUrl(text)).toEqual(expected);
  });

  it.each([
    '',
    'etcd',
    'etcd://',
    'http://10.0.0.1:2379',
    'etcd://10.0.0.1:0',
    'etcd://10.0.0.1:65536',
    'etcd://10.0.0.1:x',
    'etcd://10.0.0.256:2379',
    'etcd://fd00::1:2379',
    'etcd://a,,b',
    'etcd://user@host:2379',
    'etcd://host:2379/prefix',
    'etcd://-host',
  ])('"%s" is refused with what to write', (text) => {
    expect(() => parseRegistryUrl(text)).toThrowError(
      expect.objectContaining({ code: 'INVALID', remedy: expect.stringContaining('etcd://HOST') }),
    );
  });
});
