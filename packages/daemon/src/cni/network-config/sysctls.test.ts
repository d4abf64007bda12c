import { describe, expect, it } from 'vitest';
import { optionsOf, refusal } from '../testing/call.js';

const sysctlsOf = (sysctls: unknown) => optionsOf({ sysctls }).sysctls;

describe('sysctls', () => {
  it.each([
    ['net.core.somaxconn', 'net/core/somaxconn'],
    ['net/core/somaxconn', 'net/core/somaxconn'],
    ['net.ipv4.conf.IFNAME.rp_filter', 'net/ipv4/conf/eth0/rp_filter'],
    ['net/ipv4/conf/IFNAME/rp_filter', 'net/ipv4/conf/eth0/rp_filter'],
    ['net.ipv4.conf.eth0/100.rp_filter', 'net/ipv4/conf/eth0.100/rp_filter'],
    ['net/ipv4/conf/eth0.100/rp_filter', 'net/ipv4/conf/eth0.100/rp_filter'],
    ['net.ipv4.conf.IFNAMES.rp_filter', 'net/ipv4/conf/IFNAMES/rp_filter'],
  ])('%s is %s', (written, key) => {
    expect(sysctlsOf({ [written]: '1' })).toEqual([{ key, value: '1' }]);
  });

  it.each([
    [0, '0'],
    ['4096\t87380\t6291456', '4096\t87380\t6291456'],
    ['1024 65535', '1024 65535'],
  ])('write %j', (value, text) => {
    expect(sysctlsOf({ 'net.ipv4.x': value })).toEqual([{ key: 'net/ipv4/x', value: text }]);
  });

  it.each([true, null, '', '1\n0', 'a\0', [1], {}])('are refused with the value %j', (value) => {
    expect(refusal(() => sysctlsOf({ 'net.ipv4.x': value }))).toContain(
      'sysctls.net.ipv4.x: must be a number, or a text',
    );
  });

  it.each(['kernel.panic', 'vm/swappiness', 'network.x', 'net', '/net/core/x', '', 'x'])(
    'are refused outside of net.*: %j',
    (key) => {
      expect(refusal(() => sysctlsOf({ [key]: '1' }))).toContain('only net.* belongs to a pod');
    },
  );

  it.each([
    'net/../kernel/panic',
    'net.ipv4/../../kernel',
    'net/./x',
    'net//x',
    'net..x',
    'net.',
    'net.a b',
    'net.ipv4.\0',
  ])('are refused with the key %j', (key) => {
    expect(refusal(() => sysctlsOf({ [key]: '1' }))).toMatch(/is not the name of a sysctl$/);
  });

  it.each([
    ['in two spellings', 'net.core.somaxconn', 'net/core/somaxconn'],
    ['by the token and by name', 'net.ipv4.conf.IFNAME.rp_filter', 'net.ipv4.conf.eth0.rp_filter'],
  ])('are refused when one is given twice: %s', (_what, a, b) => {
    expect(refusal(() => sysctlsOf({ [a]: '1', [b]: '1' }))).toContain(
      `sysctls.${b}: is given twice`,
    );
  });
});
