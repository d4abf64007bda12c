import { parseIp } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { expectSameAsCaptured } from '../../../test-support/captured.js';
import { addressAdd } from './add.js';
import { addressDel } from './del.js';
import { IFADDRMSG_LENGTH } from './header.js';
import { addressReplace } from './replace.js';
import type { AddressSpec } from './types.js';

const spec: AddressSpec = {
  ifindex: 3,
  ip: parseIp('192.0.2.99'),
  length: 32,
  peer: parseIp('192.0.2.100'),
  broadcast: parseIp('192.0.2.255'),
  label: 'a0:x',
  valid: 100,
  preferred: 50,
  metric: 7,
};

describe('requests about addresses are the bytes that ip sends', () => {
  it('address add peer broadcast label valid_lft preferred_lft metric, and its delete', () => {
    expectSameAsCaptured(
      addressAdd(spec),
      IFADDRMSG_LENGTH,
      `58000000140005069322016b00000000022000000300000008000200c000026308000100c0000264
       08000400c00002ff0900030061303a7800000000080009000700000014000600320000006400000000000000
       00000000`,
    );
    expectSameAsCaptured(
      addressDel(spec),
      IFADDRMSG_LENGTH,
      `34000000150005009322016b00000000022000000300000008000200c000026308000100c0000264
       0900030061303a7800000000`,
    );
  });

  it('address replace home mngtmpaddr optimistic', () => {
    expectSameAsCaptured(
      addressReplace({
        ifindex: 3,
        ip: parseIp('2001:db8::5'),
        length: 64,
        home: true,
        manageTempAddresses: true,
        optimistic: true,
      }),
      IFADDRMSG_LENGTH,
      `48000000140005059322016b000000000a400000030000001400020020010db8000000000000000000000005
       08000800140100001400010020010db8000000000000000000000005`,
    );
  });
});

it.each<[string, Partial<AddressSpec>]>([
  ['a peer of the other family', { peer: parseIp('fd00::1') }],
  ['a broadcast address of the other family', { broadcast: parseIp('fd00::1') }],
  ['an empty label', { label: '' }],
  ['a label of 16 bytes', { label: 'sixteen-bytes-xx' }],
  ['a life of no time', { valid: 0, preferred: 0 }],
  ['a part of a second', { valid: 1.5, preferred: 1 }],
  ['a preference longer than the life', { valid: 5, preferred: 6 }],
  ['a preference for ever in a life that ends', { valid: 5, preferred: 'forever' }],
  ['a metric beyond 32 bits', { metric: 2 ** 32 }],
  ['a protocol beyond 255', { protocol: 256 }],
])('refuses %s', (_what, change) => {
  expect(() => addressAdd({ ...spec, ...change })).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
  );
});
