import { parseCidr } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { expectSameAsCaptured } from '../../../test-support/captured.js';
import { ruleAdd } from './add.js';
import { ruleDel } from './del.js';
import { FIB_RULE_LENGTH } from './header.js';
import type { RuleSpec } from './types.js';

const family = 'ipv4';

describe('requests about rules are the bytes that ip sends', () => {
  it('rule add with everything', () => {
    expectSameAsCaptured(
      ruleAdd({
        family,
        src: parseCidr('10.0.0.0/8'),
        dst: parseCidr('10.2.0.0/16'),
        iif: 'a0',
        oif: 'b0',
        fwmark: { value: 0x10, mask: 0xff },
        table: 1000,
        priority: 100,
        protocol: 112,
        ipProtocol: 6,
        sourcePorts: { start: 1, end: 10 },
        destinationPorts: { start: 80, end: 80 },
        users: { start: 0, end: 1000 },
        tos: 0x10,
        suppressPrefixLength: 0,
        suppressGroup: 3,
        tunnelId: 5n,
      }),
      FIB_RULE_LENGTH,
      `a4000000200005069322016b00000000021008100000000100000000080002000a000000080001000a020000
       0700030061300000070011006230000008000a001000000008001000ff00000008000f00e803000008000600
       64000000050015007000000005001600060000000800170001000a0008001800500050000c00140000000000
       e803000008000e000000000008000d00030000000c000c000000000000000005`,
    );
  });

  it('rule add unreachable, goto, l3mdev; rule delete', () => {
    const prefix = parseCidr('fd00::/16');
    expectSameAsCaptured(
      ruleAdd({ family: 'ipv6', src: prefix, priority: 9, action: 'unreachable' }),
      FIB_RULE_LENGTH,
      `38000000200005069322016b000000000a00100000000007000000001400020
       0fd0000000000000000000000000000000800060009000000`,
    );
    expectSameAsCaptured(
      ruleAdd({ family, invert: true, iif: 'a0', priority: 7, goto: 100 }),
      FIB_RULE_LENGTH,
      `34000000200005069322016b000000000200000000000002020000000700030061300000
       08000600070000000800040064000000`,
    );
    expectSameAsCaptured(
      ruleAdd({ family, priority: 9, l3mdev: true }),
      FIB_RULE_LENGTH,
      '2c000000200005069322016b0000000002000000000000010000000008000600090000000500130001000000',
    );
    expectSameAsCaptured(
      ruleDel({ family, priority: 9 }),
      FIB_RULE_LENGTH,
      '24000000210005009322016b000000000200000000000000000000000800060009000000',
    );
  });
});

describe('rules that cannot be meant', () => {
  it.each<[string, RuleSpec]>([
    ['a source of the other family', { family, src: parseCidr('fd00::/8') }],
    ['a destination of the other family', { family: 'ipv6', dst: parseCidr('10.0.0.0/8') }],
    ['a range that goes down', { family, sourcePorts: { start: 10, end: 9 } }],
    ['a port beyond 65535', { family, destinationPorts: { start: 1, end: 65536 } }],
    ['a negative user', { family, users: { start: -1, end: 5 } }],
    ['a tunnel id beyond 64 bits', { family, tunnelId: 1n << 64n }],
    ['a link name with a slash', { family, iif: 'a/b' }],
    ['a protocol beyond 255', { family, protocol: 256 }],
    ['a mark beyond 32 bits', { family, fwmark: { value: 2 ** 32 } }],
    ['a TOS beyond 255', { family, tos: 256 }],
  ])('are refused: %s', (_what, spec) => {
    expect(() => ruleAdd(spec)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });

  it('are not deleted when nothing says which one', () => {
    expect(() => ruleDel({ family })).toThrow('delete ipv4 rule: nothing says which one');
  });
});
