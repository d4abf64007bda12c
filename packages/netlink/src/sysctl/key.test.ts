import { expect, it } from 'vitest';
import { sysctlPath } from './key.js';

it('takes a path below net/', () => {
  expect(sysctlPath('read', 'net/ipv4/conf/poplin.vxlan/rp_filter')).toBe(
    '/proc/sys/net/ipv4/conf/poplin.vxlan/rp_filter',
  );
});

it.each([
  'kernel/core_pattern',
  'net',
  'net/',
  'net/../kernel/core_pattern',
  'net/./x',
  'net//x',
  '/net/x',
  'net.ipv4.ip_forward',
  'net/a\0b',
])('refuses %j', (key) => {
  expect(() => sysctlPath('read', key)).toThrow(
    expect.objectContaining({
      code: 'INVALID_ARGUMENT',
      remedy: expect.stringContaining('net/ipv4/ip_forward'),
    }),
  );
});
