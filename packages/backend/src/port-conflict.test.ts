import { hostCidr, parseIp } from '@poplin/net';
import { expect, it } from 'vitest';
import type { PortMappingState } from './kernel-state.js';
import { conflictingPortMapping } from './port-conflict.js';

const port = (hostIp?: string, more: Partial<PortMappingState> = {}): PortMappingState => {
  const ip = more.ip ?? parseIp('10.244.0.5');
  const given = hostIp === undefined ? {} : { hostIp: parseIp(hostIp) };
  return { protocol: 'tcp', hostPort: 80, ip, port: 80, hairpin: hostCidr(ip), ...given, ...more };
};

const one = port('192.168.7.1');
const other = port('192.168.7.2');

it('finds the mapping of the same port at the same address, or at any', () => {
  expect(conflictingPortMapping(port('192.168.7.1'), [other, one])).toBe(one);
  expect(conflictingPortMapping(port(), [other, one])).toBe(other);
  const any = port();
  expect(conflictingPortMapping(one, [any])).toBe(any);
  expect(conflictingPortMapping(port(), [any])).toBe(any);
});

it('finds none at another address, port, protocol or family', () => {
  expect(conflictingPortMapping(one, [other])).toBeUndefined();
  expect(conflictingPortMapping(port(), [port(undefined, { hostPort: 81 })])).toBeUndefined();
  expect(conflictingPortMapping(port(), [port(undefined, { protocol: 'udp' })])).toBeUndefined();
  const sixth = port(undefined, { ip: parseIp('fd10::5') });
  expect(conflictingPortMapping(port(), [sixth])).toBeUndefined();
  expect(conflictingPortMapping(one, [])).toBeUndefined();
});
