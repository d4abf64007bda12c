import { parseCidr, parseIp } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { expectSameAsCaptured } from '../../../test-support/captured.js';
import { routeAdd } from './add.js';
import { routeAppend } from './append.js';
import { routeChange } from './change.js';
import { routeGet } from './get.js';
import { RTMSG_LENGTH } from './header.js';
import { routeList } from './list.js';
import { routeReplace } from './replace.js';
import type { RouteSpec } from './types.js';

const dst = parseCidr('10.1.0.0/16');
const six = parseCidr('2001:db8:9::/64');
const ip = parseIp;

describe('requests about routes are the bytes that ip sends', () => {
  it('route add nexthop … nexthop … (whose padding ip leaves to chance; zeros here)', () => {
    expectSameAsCaptured(
      routeAdd({
        dst,
        protocol: 112,
        nexthops: [
          { ifindex: 3, via: ip('192.0.2.2'), weight: 3 },
          { ifindex: 3, via: ip('2001:db8::2'), onlink: true },
        ],
      }),
      RTMSG_LENGTH,
      `58000000180005069322016b0000000002100000fe70000100000000080001000a0100003400090010000002
       0300000008000500c00002022000040003000000160012000a0020010db80000000000000000000000020000`,
    );
  });

  it('route change, route append', () => {
    expectSameAsCaptured(
      routeChange({ dst, via: ip('192.0.2.3'), protocol: 112 }),
      RTMSG_LENGTH,
      `2c000000180005019322016b0000000002100000fe70000100000000080001000a010000
       08000500c0000203`,
    );
    expectSameAsCaptured(
      routeAppend({ dst, via: ip('192.0.2.4'), protocol: 112 }),
      RTMSG_LENGTH,
      `2c0000001800050c9322016b0000000002100000fe70000100000000080001000a010000
       08000500c0000204`,
    );
  });

  it('route replace with metrics, those that are numbers', () => {
    expectSameAsCaptured(
      routeReplace({
        dst: parseCidr('10.2.0.0/16'),
        ifindex: 3,
        protocol: 112,
        metrics: {
          mtu: 1400,
          window: 1000,
          rtt: 100,
          rttvar: 20,
          advmss: 1300,
          hoplimit: 60,
          initcwnd: 10,
          rtoMin: 40,
          initrwnd: 20,
          ecn: true,
          quickack: true,
          locked: ['mtu'],
        },
      }),
      RTMSG_LENGTH,
      `90000000180005059322016b0000000002100000fe70fd0100000000080001000a0200000800040003000000
       64000800080002007805000008000300e803000008000400200300000800050050000000080008001405000008
       000a003c00000008000b000a00000008000d002800000008000e001400000008000c000100000008000f000100
       00000800010004000000`,
    );
  });

  it('route add from … pref … expires …, of IPv6', () => {
    expectSameAsCaptured(
      routeAdd({
        dst: six,
        from: parseCidr('2001:db8:a::/48'),
        via: ip('2001:db8::9'),
        ifindex: 3,
        preference: 'high',
        expires: 500,
        protocol: 112,
      }),
      RTMSG_LENGTH,
      `70000000180005069322016b000000000a403000fe700001000000001400010020010db80009000000000000
       000000001400020020010db8000a000000000000000000001400050020010db8000000000000000000000009
       050014000100000008001700f40100000800040003000000`,
    );
  });

  it('route add local … tos … realms …', () => {
    expectSameAsCaptured(
      routeAdd({
        type: 'local',
        dst: parseCidr('10.3.0.0/24'),
        ifindex: 3,
        tos: 0x10,
        realms: { from: 5, to: 6 },
        protocol: 112,
      }),
      RTMSG_LENGTH,
      `34000000180005069322016b0000000002180010ff70fe0200000000080001000a030000
       08000b00060005000800040003000000`,
    );
  });

  it('route get from … iif … mark … tos …, route get fibmatch oif … uid …', () => {
    expectSameAsCaptured(
      routeGet(ip('192.0.2.50'), {
        source: ip('10.99.0.1'),
        inputIfindex: 2,
        mark: 5,
        tos: 0x10,
      }),
      RTMSG_LENGTH,
      `3c0000001a0001009322016b0000000002202010000000000010000008000100c0000232
       080002000a63000108000300020000000800100005000000`,
    );
    expectSameAsCaptured(
      routeGet(ip('192.0.2.50'), { fibMatch: true, ifindex: 3, uid: 7 }),
      RTMSG_LENGTH,
      `340000001a0001009322016b0000000002200000000000000030000008000100c0000232
       08001900070000000800040003000000`,
    );
  });
});

describe('routes that cannot be meant', () => {
  const via = ip('192.0.2.2');
  it.each<[string, RouteSpec]>([
    ['no next hops', { dst, nexthops: [] }],
    ['a weight of 0', { dst, nexthops: [{ via, weight: 0 }] }],
    ['a weight of 257', { dst, nexthops: [{ via, weight: 257 }] }],
    ['a link of 0 in a way', { dst, nexthops: [{ ifindex: 0 }] }],
    ['ways and a way', { dst, via, nexthops: [{ via }] }],
    ['ways and a link', { dst, ifindex: 1, nexthops: [{ via }] }],
    ['a source of the other family', { dst, source: ip('fd00::1') }],
    ['a source prefix of IPv4', { dst, from: dst }],
    ['a source prefix of the other family', { dst: six, from: dst }],
    ['a preference of IPv4', { dst, preference: 'low' }],
    ['an expiry of IPv4', { dst, expires: 5 }],
    ['a TOS of IPv6', { dst: six, tos: 16 }],
    ['realms of IPv6', { dst: six, realms: { from: 1, to: 2 } }],
    ['a realm beyond 65535', { dst, realms: { from: 65536, to: 2 } }],
    ['a TOS beyond 255', { dst, tos: 256 }],
    ['a scope beyond 255', { dst, scope: 256 }],
    ['a hop limit beyond 255', { dst, metrics: { hoplimit: 256 } }],
    ['a part of an eighth of a millisecond', { dst, metrics: { rtt: 0.1 } }],
    ['an MTU below 0', { dst, mtu: -1 }],
    ['a negative priority', { dst, priority: -1 }],
  ])('are refused: %s', (_what, spec) => {
    expect(() => routeAdd(spec)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });

  it('are refused in questions', () => {
    const refused = expect.objectContaining({ code: 'INVALID_ARGUMENT' });
    expect(() => routeGet(via, { source: ip('fd00::1') })).toThrow(refused);
    expect(() => routeGet(via, { ifindex: 0 })).toThrow(refused);
    expect(() => routeGet(via, { mark: -1 })).toThrow(refused);
    expect(() => routeList('ipv4', { ifindex: 0 })).toThrow(refused);
    expect(() => routeList('ipv4', { protocol: 256 })).toThrow(refused);
  });
});
