import { describe, expect, it } from 'vitest';
import { parseInterfaceChoice } from './choice.js';

describe('parseInterfaceChoice', () => {
  it.each([
    ['eth0', { by: 'name', name: 'eth0' }],
    ['a23456789012345', { by: 'name', name: 'a23456789012345' }],
    ['eth0.100', { by: 'name', name: 'eth0.100' }],
    ['192.168.5.0/24', { by: 'cidr', cidr: '192.168.5.0/24' }],
    ['FD00:0::/64', { by: 'cidr', cidr: 'fd00::/64' }],
    ['can-reach=192.168.5.1', { by: 'can-reach', ip: '192.168.5.1' }],
    ['can-reach=FD00::1', { by: 'can-reach', ip: 'fd00::1' }],
  ])('reads %s', (text, choice) => {
    expect(parseInterfaceChoice(text)).toEqual(choice);
  });

  it.each([
    ['a234567890123456', 'has 16 bytes'],
    ['üüüüüüüü', 'has 16 bytes'],
    ['', 'is not an interface name'],
    ['..', 'is not an interface name'],
    ['eth 0', 'is not an interface name'],
    ['fd00::1', 'is not an interface name'],
    ['10.0.0.5/24', 'bits set beyond its prefix length'],
    ['10.0.0.0/33', 'is not a prefix'],
    ['can-reach=', 'is not an IPv4 or IPv6 address'],
    ['can-reach=host', 'is not an IPv4 or IPv6 address'],
  ])('refuses %j', (text, reason) => {
    expect(() => parseInterfaceChoice(text)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining(reason) }),
    );
  });
});
