import { parseIp, parseMac } from '@poplin/net';
import { expect, it } from 'vitest';
import { expectSameAsCaptured } from '../../../test-support/captured.js';
import { neighbourAdd } from './add.js';
import { neighbourChange } from './change.js';
import { neighbourGet } from './get.js';
import { NDMSG_LENGTH } from './header.js';
import { neighbourReplace } from './replace.js';

const mac = parseMac('0a:58:a9:fe:01:01');
const ifindex = 3;

it('sends the bytes of ip: neighbour add, replace managed, change, add proxy, get', () => {
  expectSameAsCaptured(
    neighbourAdd({
      ifindex,
      ip: parseIp('192.0.2.7'),
      mac,
      router: true,
      externLearn: true,
      protocol: 112,
    }),
    NDMSG_LENGTH,
    `380000001c0005069422016b0000000002000000030000008000900005000c0070000000
     08000100c00002070a0002000a58a9fe01010000`,
  );
  expectSameAsCaptured(
    neighbourReplace({ ifindex, ip: parseIp('192.0.2.8'), managed: true }),
    NDMSG_LENGTH,
    '2c0000001c0005059422016b0000000002000000030000000000000008000100c000020808000f0001000000',
  );
  expectSameAsCaptured(
    neighbourChange({ ifindex, ip: parseIp('192.0.2.8'), mac, state: 'stale' }),
    NDMSG_LENGTH,
    `300000001c0005019422016b0000000002000000030000000400000008000100c0000208
     0a0002000a58a9fe01010000`,
  );
  expectSameAsCaptured(
    neighbourAdd({ ifindex, ip: parseIp('192.0.2.9'), proxy: true, state: 'none' }),
    NDMSG_LENGTH,
    '240000001c0005069422016b0000000002000000030000000000080008000100c0000209',
  );
  expectSameAsCaptured(
    neighbourGet({ ifindex, ip: parseIp('192.0.2.7') }),
    NDMSG_LENGTH,
    '240000001e0001009322016b0000000002000000030000000000000008000100c0000207',
  );
});

it('refuses an index of 0 and a protocol beyond 255', () => {
  const refused = expect.objectContaining({ code: 'INVALID_ARGUMENT' });
  const ip = parseIp('192.0.2.7');
  expect(() => neighbourAdd({ ifindex: 0, ip, mac })).toThrow(refused);
  expect(() => neighbourGet({ ifindex: 0, ip })).toThrow(refused);
  expect(() => neighbourAdd({ ifindex, ip, mac, protocol: 256 })).toThrow(refused);
});
