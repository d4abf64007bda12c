import { parseCidr } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { fromHex, realMessages } from '../../../test-support/corpus.js';
import type { TrafficAction } from './filter/action.js';
import { filterAdd } from './filter/add.js';
import { decodeFilter } from './filter/decode.js';
import type { FilterProtocol } from './filter/types.js';
import { qdiscAdd } from './qdisc/add.js';
import { decodeQdisc } from './qdisc/decode.js';

const refused = expect.objectContaining({ code: 'INVALID_ARGUMENT' });

describe('what the kernel tells of traffic control', () => {
  it('is read as tc set it: rate 10mbit burst 20k limit 100000 peakrate 20mbit mtu 1600', () => {
    expect(realMessages('qdisc').map(decodeQdisc)).toMatchObject([
      { ifindex: 2, kind: 'htb', parent: 'root', statistics: { bytes: 180n, packets: 2n } },
      {
        ifindex: 3,
        kind: 'tbf',
        parent: 'root',
        options: { rate: 10_000_000, burst: 20 * 1024, limit: 100_000, peakRate: 20_000_000 },
        statistics: { bytes: 90n, packets: 1n, drops: 0, overlimits: 0, backlog: 0 },
      },
      { ifindex: 3, kind: 'clsact', handle: 'ffff:', parent: 'ffff:fff1' },
    ]);
  });

  it('is read as tc set it: prio 5 u32 with a redirect, prio 6 u32 with two mirrors', () => {
    const rules = realMessages('filter')
      .map(decodeFilter)
      .filter((filter) => filter?.keys);
    expect(rules).toMatchObject([
      {
        protocol: 'ip',
        priority: 5,
        chain: 0,
        keys: [
          { value: 0x0a00_0000, mask: 0xff00_0000, offset: 12 },
          { value: 53, mask: 0xffff, offset: 20 },
        ],
        actions: [{ kind: 'mirred', to: 'egressRedirect', statistics: { packets: 0n } }],
      },
      {
        protocol: 'ipv6',
        priority: 6,
        keys: [{ value: 0, mask: 0, offset: 0 }],
        actions: [
          { kind: 'mirred', to: 'ingressMirror', statistics: { bytes: 152n, packets: 2n } },
          { kind: 'mirred', to: 'egressMirror', statistics: { bytes: 152n, packets: 2n } },
        ],
      },
    ]);
  });
});

describe('what the kernel is asked for in traffic control', () => {
  it('lays a token bucket out as struct tc_tbf_qopt, with the burst in bytes', () => {
    const spec = { ifindex: 3, handle: '1:', kind: 'tbf', rate: 10_000_000 } as const;
    expect(qdiscAdd({ ...spec, burst: 20_480, limit: 100_000 }).body).toEqual(
      fromHex(`
        00000000 03000000 00000100 ffffffff 00000000
        0800 0100 74626600
        3400 0200
          2800 0100
            00 01 0000 00000000 d0121300
            00 01 0000 00000000 00000000
            a0860100 00000000 00000000
          0800 0600 00500000`),
    );
  });

  it('lays a redirect of all that comes out as struct tc_u32_sel and struct tc_mirred', () => {
    const { body } = filterAdd({
      ifindex: 3,
      parent: 'ingress',
      protocol: 'ip',
      priority: 5,
      kind: 'u32',
      match: { source: parseCidr('10.0.0.0/8') },
      actions: [{ kind: 'mirred', to: 'egressRedirect', ifindex: 4 }],
    });
    expect(body).toEqual(
      fromHex(`
        00000000 03000000 00000000 f2ffffff 0800 0500
        0800 0100 75333200
        6000 0200
          2400 0500
            01 00 01 00 0000 0000 0000 0000 00000000
            ff000000 0a000000 0c000000 00000000
          3800 0700
            3400 0100
              0b00 0100 6d697272 65640000
              2400 0200
                2000 0200
                  00000000 00000000 04000000 00000000 00000000
                  01000000 04000000`),
    );
  });

  it('is refused where a word is not one of ours: tc says drop, the kernel says shot', () => {
    const add = (actions: readonly TrafficAction[], protocol: FilterProtocol = 'all') =>
      filterAdd({ ifindex: 3, parent: 'ingress', kind: 'matchall', protocol, actions });
    const drop = JSON.parse('{ "kind": "gact", "verdict": "drop" }');
    const redirect = JSON.parse('{ "kind": "mirred", "to": "toString", "ifindex": 4 }');
    expect(() => add([drop])).toThrow(refused);
    expect(() => add([redirect])).toThrow(refused);
    expect(() => add([], 'ipx' as FilterProtocol)).toThrow(refused);
    const pass: TrafficAction = { kind: 'gact', verdict: 'ok' };
    expect(add(new Array(32).fill(pass)).type).toBe(44);
    expect(() => add(new Array(33).fill(pass))).toThrow(refused);
  });
});
