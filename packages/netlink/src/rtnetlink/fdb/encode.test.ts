import { parseIp, parseMac } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { expectSameAsCaptured } from '../../../test-support/captured.js';
import { NDMSG_LENGTH } from '../neighbour/header.js';
import { fdbAdd } from './add.js';
import { fdbAppend } from './append.js';
import { fdbDel } from './del.js';
import { fdbGet } from './get.js';
import { fdbReplace } from './replace.js';
import type { FdbSpec } from './types.js';

const ifindex = 5;
const remote = {
  ifindex,
  mac: parseMac('0a:58:a9:fe:01:02'),
  dst: parseIp('192.0.2.50'),
  port: 4790,
  vni: 7,
  viaIfindex: 3,
};

describe('requests about forwarding tables are the bytes that bridge sends', () => {
  it('fdb add dst port vni via self, and fdb del of the same', () => {
    expectSameAsCaptured(
      fdbAdd(remote),
      NDMSG_LENGTH,
      `480000001c0005069422016b000000000700000005000000c00002000a0002000a58a9fe01020000
       08000100c00002320600060012b6000008000700070000000800080003000000`,
    );
    // bridge gives a state when deleting as well; the kernel does not look at it.
    expectSameAsCaptured(
      fdbDel(remote),
      NDMSG_LENGTH,
      `480000001d0005009422016b000000000700000005000000000002000a0002000a58a9fe01020000
       08000100c00002320600060012b6000008000700070000000800080003000000`,
    );
  });

  it('fdb append dst src_vni', () => {
    expectSameAsCaptured(
      fdbAppend({
        ifindex,
        mac: parseMac('00:00:00:00:00:00'),
        dst: parseIp('2001:db8::51'),
        srcVni: 9,
      }),
      NDMSG_LENGTH,
      `440000001c00050c9422016b000000000700000005000000c00002000a0002000000000000000000
       1400010020010db800000000000000000000005108000b0009000000`,
    );
  });

  it('fdb replace master static sticky, fdb add master self dynamic extern_learn vlan, fdb get', () => {
    const mac = parseMac('0a:58:a9:fe:01:03');
    expectSameAsCaptured(
      fdbReplace({ ifindex, mac, master: true, state: 'static', sticky: true }),
      NDMSG_LENGTH,
      '280000001c0005059422016b000000000700000005000000420044000a0002000a58a9fe01030000',
    );
    expectSameAsCaptured(
      fdbAdd({
        ifindex,
        mac: parseMac('0a:58:a9:fe:01:04'),
        master: true,
        self: true,
        state: 'dynamic',
        externLearn: true,
        vlan: 10,
      }),
      NDMSG_LENGTH,
      `300000001c0005069422016b000000000700000005000000020016000a0002000a58a9fe01040000
       060005000a000000`,
    );
    expectSameAsCaptured(
      fdbGet({ ifindex, mac, master: true }),
      NDMSG_LENGTH,
      '280000001e0001009422016b000000000700000005000000000004000a0002000a58a9fe01030000',
    );
  });
});

it.each<[string, Partial<FdbSpec>]>([
  ['a link of 0', { ifindex: 0 }],
  ['VLAN 0', { vlan: 0 }],
  ['VLAN 4095', { vlan: 4095 }],
  ['port 0', { port: 0 }],
  ['a VNI beyond 24 bits', { vni: 1 << 24 }],
  ['a source VNI beyond 24 bits', { srcVni: 1 << 24 }],
  ['a link to send by of 0', { viaIfindex: 0 }],
])('refuses %s', (_what, change) => {
  expect(() => fdbAdd({ ...remote, ...change })).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
  );
});
