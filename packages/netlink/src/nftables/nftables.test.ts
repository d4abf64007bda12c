import { parseCidr } from '@poplin/net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as nft from './builder.js';
import { decodeNftReply } from './decode.js';
import { encodeNftCommands } from './encode.js';
import type { NftCommand } from './types.js';

const inTable = { family: 'inet', table: 'poplin', name: 'pods' } as const;

describe('commands to libnftables', () => {
  it('leaves out empty lists of elements, which it refuses', () => {
    const elem = [nft.prefix(parseCidr('10.0.0.0/24'))];
    const commands: NftCommand[] = [
      { add: { set: { ...inTable, type: 'ipv4_addr', elem: [] } } },
      { add: { set: { ...inTable, type: 'ipv4_addr', elem } } },
      { add: { element: { ...inTable, elem: [] } } },
      { delete: { element: { ...inTable, elem } } },
      { delete: { table: { family: 'inet', name: 'poplin' } } },
    ];
    expect(encodeNftCommands(commands)).toEqual([
      { add: { set: { ...inTable, type: 'ipv4_addr' } } },
      commands[1],
      commands[3],
      commands[4],
    ]);
  });
});

describe('answers of libnftables', () => {
  it('are objects without the metainfo', () => {
    const table = { table: { family: 'inet', name: 'poplin', handle: 1 } };
    const output = JSON.stringify({ nftables: [{ metainfo: { version: '1.0.6' } }, table] });
    expect(decodeNftReply('list', output)).toEqual([table]);
    expect(decodeNftReply('run', '')).toEqual([]);
  });

  it('are refused with DECODE when they are anything else', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (output) => {
        try {
          expect(Array.isArray(decodeNftReply('list', output))).toBe(true);
        } catch (error) {
          expect(error).toMatchObject({ code: 'DECODE' });
        }
      }),
      { numRuns: 5000 },
    );
  });
});

describe('expressions', () => {
  it('are the JSON of libnftables-json(5)', () => {
    expect(nft.match(nft.sourceAddress('ipv6'), '!=', nft.inSet('pods'))).toEqual({
      match: {
        op: '!=',
        left: { payload: { protocol: 'ip6', field: 'saddr' } },
        right: '@pods',
      },
    });
    expect(nft.prefix(parseCidr('10.244.0.0/16'))).toEqual({
      prefix: { addr: '10.244.0.0', len: 16 },
    });
    expect(nft.masquerade()).toEqual({ masquerade: null });
    expect(nft.masquerade('random')).toEqual({ masquerade: { flags: ['random'] } });
  });
});
