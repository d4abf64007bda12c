import { parseCidr } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { dnatRules, snatRules } from '../../test-support/nft-nat-rules.js';
import { filterRules, forwardRules, rejectRules } from '../../test-support/nft-rules.js';
import * as nft from './builder.js';
import { encodeNftCommands } from './encode.js';
import type { NftCommand } from './types.js';

const inTable = { family: 'inet', table: 'poplin' } as const;

describe('the builder', () => {
  it('gives the JSON of libnftables-json(5)', () => {
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
    expect(nft.masquerade('random')).toEqual({ masquerade: { flags: 'random' } });
    expect(nft.masquerade({ port: nft.range(1, 9), flags: ['random', 'persistent'] })).toEqual({
      masquerade: { port: { range: [1, 9] }, flags: ['random', 'persistent'] },
    });
    expect(nft.redirect()).toEqual({ redirect: null });
    expect(nft.reject()).toEqual({ reject: null });
    expect(nft.log()).toEqual({ log: null });
    expect(nft.queue(nft.range(1, 3), 'bypass', 'fanout')).toEqual({
      queue: { num: { range: [1, 3] }, flags: ['bypass', 'fanout'] },
    });
    expect(nft.mangle(nft.tcpOption('maxseg', 'size'), nft.rt('mtu'))).toEqual({
      mangle: {
        key: { 'tcp option': { name: 'maxseg', field: 'size' } },
        value: { rt: { key: 'mtu' } },
      },
    });
  });

  it('gives plain data: every statement survives JSON, and has one key', () => {
    for (const [, ...statements] of [
      filterRules,
      rejectRules,
      forwardRules,
      dnatRules,
      snatRules,
    ].flat()) {
      for (const statement of statements) {
        expect(Object.keys(statement)).toHaveLength(1);
        expect(JSON.parse(JSON.stringify(statement))).toEqual(statement);
      }
    }
  });

  it('replaces a table by commands whose order satisfies every reference', () => {
    const jump = nft.verdictMap(nft.payload('tcp', 'dport'), '@fates');
    const commands = nft.replaceTable({
      family: 'inet',
      name: 'poplin',
      chains: [
        { name: 'in', type: 'filter', hook: 'input', prio: 0, rules: [[jump]] },
        { name: 'web', rules: [{ expr: [nft.accept], comment: 'all of it' }] },
      ],
      maps: [
        { name: 'fates', type: 'inet_service', map: 'verdict', elem: [[80, nft.jump('web')]] },
      ],
      sets: [{ name: 'pods', type: 'ipv4_addr' }],
      counters: [{ name: 'seen' }],
    });
    const table = { table: { family: 'inet', name: 'poplin' } };
    expect(commands).toEqual([
      { add: table },
      { delete: table },
      { add: table },
      { add: { chain: { ...inTable, name: 'in', type: 'filter', hook: 'input', prio: 0 } } },
      { add: { chain: { ...inTable, name: 'web' } } },
      { add: { counter: { ...inTable, name: 'seen' } } },
      { add: { set: { ...inTable, name: 'pods', type: 'ipv4_addr' } } },
      {
        add: {
          map: {
            ...inTable,
            name: 'fates',
            type: 'inet_service',
            map: 'verdict',
            elem: [[80, { jump: { target: 'web' } }]],
          },
        },
      },
      { add: { rule: { ...inTable, chain: 'in', expr: [jump] } } },
      { add: { rule: { ...inTable, chain: 'web', expr: [nft.accept], comment: 'all of it' } } },
    ]);
  });
});

describe('commands to libnftables', () => {
  it('leave out empty lists of elements, which it refuses', () => {
    const pods = { ...inTable, name: 'pods' } as const;
    const elem = [nft.prefix(parseCidr('10.0.0.0/24'))];
    const commands: NftCommand[] = [
      { add: { set: { ...pods, type: 'ipv4_addr', elem: [] } } },
      { add: { map: { ...pods, type: 'ipv4_addr', map: 'verdict', elem: [] } } },
      { add: { set: { ...pods, type: 'ipv4_addr', elem } } },
      { add: { element: { ...pods, elem: [] } } },
      { delete: { element: { ...pods, elem } } },
      { delete: { table: { family: 'inet', name: 'poplin' } } },
      { flush: { ruleset: null } },
    ];
    expect(encodeNftCommands(commands)).toEqual([
      { add: { set: { ...pods, type: 'ipv4_addr' } } },
      { add: { map: { ...pods, type: 'ipv4_addr', map: 'verdict' } } },
      commands[2],
      commands[4],
      commands[5],
      commands[6],
    ]);
  });
});
