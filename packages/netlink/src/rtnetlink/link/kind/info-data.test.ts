import { parseIp } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { fromHex } from '../../../../test-support/corpus.js';
import { Attributes } from '../../../codec/attributes.js';
import { linkAdd } from '../add.js';
import { IFLA, IFLA_INFO } from '../attributes.js';
import { decodeLink } from '../decode.js';
import { IFINFOMSG_LENGTH } from '../header.js';
import type { LinkSpec } from '../types.js';

/** Whole messages of `ip link add …` (iproute2 6.1), seen by strace, and the same in our words. */
const captured: readonly (readonly [command: string, spec: LinkSpec, message: string])[] = [
  [
    'link v0 name t0 type vlan id 5 protocol 802.1ad reorder_hdr off gvrp on ingress-qos-map 1:2 egress-qos-map 3:4',
    {
      kind: 'vlan',
      name: 't0',
      linkIfindex: 3,
      id: 5,
      protocol: '802.1ad',
      reorderHeader: false,
      gvrp: true,
      ingressQos: [{ from: 1, to: 2 }],
      egressQos: [{ from: 3, to: 4 }],
    },
    `7c000000100005068d23016b00000000 00000000000000000000000000000000 0800050003000000 0700030074300000
     4c00120008000100766c616e4000020006000100050000000600050088a80000100004000c000100010000000200000010
     0003000c00010003000000040000000c0002000200000003000000`,
  ],
  [
    't0 type ipip local 192.0.2.1 remote 192.0.2.2 tos 4 nopmtudisc mode any dev v0',
    {
      kind: 'ipip',
      name: 't0',
      local: parseIp('192.0.2.1'),
      remote: parseIp('192.0.2.2'),
      tos: 4,
      ttl: 0,
      pmtudisc: false,
      mode: 'any',
      linkIfindex: 3,
    },
    `9800000010000506a023016b00000000 00000000000000000000000000000000 0700030074300000
     70001200080001006970697064000200050009000000000008000200c000020108000300c000020205000a000000000005
     000500040000000500040000000000080001000300000008001400000000000600 0f00000000000600100000000000
     06001100000000000600120000000000`,
  ],
  [
    't0 type ip6tnl local fd00::1 remote fd00::2 encaplimit none tclass 0x2a flowlabel 0xabcde mode ip6ip6 hoplimit 9',
    {
      kind: 'ip6tnl',
      name: 't0',
      local: parseIp('fd00::1'),
      remote: parseIp('fd00::2'),
      encapLimit: 'none',
      tclass: 0x2a,
      flowLabel: 0xabcde,
      mode: 'ip6ip6',
      ttl: 9,
    },
    `bc000000100005068d23016b00000000 00000000000000000000000000000000 0700030074300000
     940012000a000100697036746e6c000084000200050009002900000014000200fd000000000000000000000000000001
     14000300fd0000000000000000000000000000020500040009000000050006000400000008000700 02aabcde
     08000800010000000800010000000000080014000000000006000f00000000000600100002000000
     06001100000000000600120000000000`,
  ],
  [
    't0 type dummy',
    { kind: 'dummy', name: 't0' },
    `38000000100005068d23016b00000000 00000000000000000000000000000000 0700030074300000
     100012000900010064756d6d79000000`,
  ],
  [
    't1 link v0 type macvlan mode passthru nopromisc',
    { kind: 'macvlan', name: 't1', linkIfindex: 3, mode: 'passthru', noPromisc: true },
    `54000000100005068d23016b00000000 00000000000000000000000000000000 0800050003000000 0700030074310000
     240012000b0001006d6163766c616e0014000200080001000800000006000200 01000000`,
  ],
  [
    'br9 type bridge no_linklocal_learn 1 mcast_vlan_snooping 0 ageing_time 6000 vlan_filtering 0',
    {
      kind: 'bridge',
      name: 'br9',
      noLinkLocalLearn: true,
      multicastVlanSnooping: false,
      ageingTime: 60,
      vlanFiltering: false,
    },
    `58000000100005068d23016b00000000 00000000000000000000000000000000 0800030062723900
     300012000a000100627269646765000020000200080004007017000005000700000000000c002e000100000003000000`,
  ],
  [
    'vx type vxlan id 7 dstport 4789 local fd00::1 remote fd00::2 ttl inherit flowlabel 0xabcde gbp nolearning srcport 5 6',
    {
      kind: 'vxlan',
      name: 'vx',
      vni: 7,
      port: 4789,
      local: parseIp('fd00::1'),
      remote: parseIp('fd00::2'),
      ttlInherit: true,
      flowLabel: 0xabcde,
      gbp: true,
      learning: false,
      portRange: { low: 5, high: 6 },
    },
    `9400000010000506a023016b00000000 00000000000000000000000000000000 0700030076780000
     6c0012000900010076786c616e0000005c00020004001c0008001a00000abcde0400170008000a0000050006
     080001000700000014001100fd00000000000000000000000000000114001000fd000000000000000000000000000002
     050007000000000006000f0012b50000`,
  ],
];

/** Attributes of IFLA_INFO_DATA by their type, as hexadecimal texts. */
function optionsOf(body: Uint8Array): Record<number, string> {
  const info = new Attributes('test', body, IFINFOMSG_LENGTH).nested(IFLA.LINKINFO);
  const entries = [...(info?.nested(IFLA_INFO.DATA)?.entries() ?? [])];
  return Object.fromEntries(
    entries.map(([type, value]) => [type, Buffer.from(value).toString('hex')]),
  );
}

/** The attributes around IFLA_LINKINFO. */
function othersOf(body: Uint8Array): string[] {
  const entries = [...new Attributes('test', body, IFINFOMSG_LENGTH).entries()];
  return entries
    .filter(([type]) => type !== IFLA.LINKINFO)
    .map(([type, value]) => `${type}: ${Buffer.from(value).toString('hex')}`)
    .sort();
}

/** What `ip` sends although it says nothing: zeros, and flags of an encapsulation (15 to 18) that is none. */
const sayNothing = (options: Record<number, string>): Record<number, string> =>
  Object.fromEntries(
    Object.entries(options).filter(
      ([type, value]) => !/^0+$/.test(value) && ![15, 16, 17, 18].includes(Number(type)),
    ),
  );

describe('a new link', () => {
  it.each(captured)('is asked for with the bytes of: ip link add %s', (_command, spec, message) => {
    const whole = fromHex(message);
    const request = linkAdd(spec);
    expect([request.type, request.flags | 0x5]).toEqual([16, 0x605]);
    expect(othersOf(request.body)).toEqual(othersOf(whole.subarray(16)));
    const [ours, theirs] = [optionsOf(request.body), optionsOf(whole.subarray(16))];
    // The limit that is not in force: 0 here, the default of `ip` there.
    if (spec.kind === 'ip6tnl') theirs[6] = '00';
    expect(sayNothing(ours)).toEqual(sayNothing(theirs));
    for (const type of Object.keys(ours)) expect(theirs).toHaveProperty(type, ours[Number(type)]);
  });

  it.each(captured)('has its options read from the same bytes: %s', (_command, spec, message) => {
    const link = decodeLink(fromHex(message).subarray(16));
    const { name, ...options } = spec;
    const { linkIfindex, ...rest } = { linkIfindex: undefined, ...options };
    expect(link).toMatchObject({ name, kind: spec.kind });
    if (spec.kind === 'dummy') return expect(link).not.toHaveProperty('data');
    const { ttl, ...without } = { ttl: undefined, ...rest };
    expect(link?.data).toMatchObject(ttl === undefined ? without : rest);
  });

  it('gets the hop limit and the encapsulation limit that ip gives an ip6tnl', () => {
    const options = optionsOf(linkAdd({ kind: 'ip6tnl', name: 't0' }).body);
    expect(options).toMatchObject({ 4: '40', 6: '04', 7: '00000000', 8: '00000000' });
  });

  it('is refused when it cannot be meant', () => {
    const refused = (spec: LinkSpec): unknown =>
      expect(() => linkAdd(spec), JSON.stringify(spec)).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
      );
    const name = 'a';
    refused({ kind: 'vxlan', name });
    refused({ kind: 'vxlan', name, vni: 2 ** 24 });
    refused({ kind: 'vxlan', name, vni: 1, portRange: { low: 2, high: 1 } });
    refused({ kind: 'vxlan', name, vni: 1, flowLabel: 2 ** 20 });
    refused({ kind: 'vlan', name, id: 4095, linkIfindex: 1 });
    refused({ kind: 'vlan', name, id: 1, linkIfindex: 0 });
    refused({ kind: 'macvlan', name, linkIfindex: -1 });
    refused({ kind: 'ip6tnl', name, tclass: 256 });
    refused({ kind: 'ipip', name, ttl: 256 });
    refused({ kind: 'bridge', name, priority: 65536 });
    refused({ kind: 'bridge', name, ageingTime: Number.NaN });
    refused({ kind: 'bridge', name, ifindex: 0 });
    refused({ kind: 'bridge', name, numTxQueues: 1.5 });
    refused({ kind: 'bridge', name, netns: { pid: 0 } });
    refused({ kind: 'bridge', name, netns: { netnsId: -1 } });
    // @ts-expect-error no such mode
    refused({ kind: 'macvlan', name, linkIfindex: 1, mode: 'public' });
  });

  it('says by name what is out of range', () => {
    expect(() => linkAdd({ kind: 'bridge', name: 'br0', ageingTime: -1 })).toThrow(
      'add link br0 (bridge): ageingTime is a time from 0 to 42949672 seconds, not -1',
    );
    expect(() => linkAdd({ kind: 'vxlan', name: 'vx0', vni: -1 })).toThrow(
      'add link vx0 (vxlan): vni is a number from 0 to 16777215, not -1',
    );
  });
});
