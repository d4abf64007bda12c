import { parseCidr, parseIp } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { fromHex, realMessages } from '../../test-support/corpus.js';
import { CT } from './attributes.js';
import { decodeConntrack } from './decode.js';
import { conntrackDel, conntrackFlush } from './del.js';
import { conntrackList, passesConntrackFilter } from './list.js';
import { type ConntrackEntry, conntrackProtocols as protocols } from './types.js';

const loopback = parseIp('127.0.0.1');
const udp = {
  source: loopback,
  destination: loopback,
  protocol: protocols.udp,
  sourcePort: 4009,
  destinationPort: 9,
};
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const entries = realMessages('conntrack').flatMap((body) => decodeConntrack(body) ?? []);

describe('requests about connections', () => {
  it('name an entry by the bytes of conntrack -D', () => {
    const { type, flags, body } = conntrackDel({ tuple: udp });
    expect([type, flags]).toEqual([CT.DELETE, 0]);
    // Seen by strace: header and first attribute, CTA_TUPLE_ORIG.
    const captured = `02000000 34000180 14000180 080001007f000001 080002007f000001
      1c000280 0500010011000000 060002000fa90000 0600030000090000`;
    expect(hex(body)).toBe(hex(fromHex(captured)));
    const reply = conntrackDel({ tuple: udp, direction: 'reply', zone: 7, id: 1 });
    expect(hex(reply.body)).toBe(
      `02000000${hex(body).slice(8).replace('34000180', '34000280')}` +
        '0600120000070000' +
        '08000c0000000001',
    );
  });

  it('name pings by id, type and code, of either family', () => {
    const icmp = { id: 78, type: 128, code: 0 };
    const tuple = { source: parseIp('::1'), destination: parseIp('::1'), protocol: 58, icmp };
    const body = hex(conntrackDel({ tuple }).body);
    // Pieces of what conntrack -D -f ipv6 -p icmpv6 sends.
    expect(body.slice(0, 24)).toBe('0a0000005400018' + '02c000180');
    for (const piece of [
      `14000300${'00'.repeat(15)}01`,
      `14000400${'00'.repeat(15)}01`,
      '24000280050001003a000000',
      '0500080080000000',
      '0500090000000000',
      '06000700004e0000',
    ]) {
      expect(body).toContain(piece);
    }
    const four = conntrackDel({
      tuple: { ...udp, protocol: 1, icmp: { id: 77, type: 8, code: 0 } },
    });
    for (const piece of ['0500060000000000', '0500050008000000', '06000400004d0000']) {
      expect(hex(four.body)).toContain(piece);
    }
  });

  it('give a direction its own zone', () => {
    expect(hex(conntrackDel({ tuple: { ...udp, zone: 5 } }).body)).toMatch(/0600030000050000$/);
  });

  it('flush all, or one family by version 1', () => {
    expect(hex(conntrackFlush().body)).toBe('00000000');
    expect(hex(conntrackFlush('ipv4').body)).toBe('02010000');
    expect(hex(conntrackFlush('ipv6').body)).toBe('0a010000');
  });

  it('let the kernel filter by family and mark', () => {
    expect(hex(conntrackList().body)).toBe('00000000');
    const { body } = conntrackList({ family: 'ipv6', mark: { value: 0x2a, mask: 0xff } });
    expect(hex(body)).toBe('0a000000080008000000002a08001500000000ff');
  });

  it('are refused with numbers out of range, before the kernel sees them', () => {
    const bad = expect.objectContaining({ code: 'INVALID_ARGUMENT' });
    for (const wrong of [
      { tuple: { ...udp, sourcePort: 65_536 } },
      { tuple: { ...udp, destinationPort: -1 } },
      { tuple: { ...udp, protocol: 256 } },
      { tuple: { ...udp, destination: parseIp('::1') } },
      { tuple: { ...udp, icmp: { id: 1, type: 300, code: 0 } } },
      { tuple: { ...udp, zone: 65_536 } },
      { tuple: udp, zone: 1.5 },
      { tuple: udp, id: 2 ** 32 },
    ]) {
      expect(() => conntrackDel(wrong), JSON.stringify(wrong)).toThrow(bad);
    }
    expect(() => conntrackList({ mark: { value: -1 } })).toThrow(bad);
    expect(() => conntrackList({ mark: { value: 1, mask: 2 ** 32 } })).toThrow(bad);
  });
});

describe('entries', () => {
  it('are read from what a kernel said', () => {
    expect(entries.map(({ protocolName }) => protocolName)).toEqual([
      'tcp',
      'icmpv6',
      'icmp',
      'udp',
      'udp',
    ]);
    expect(entries.at(-1)).toMatchObject({
      family: 'ipv4',
      protocol: protocols.udp,
      original: { ...udp, sourcePort: 4005, destinationPort: 5, zone: 5 },
      reply: { sourcePort: 5, destinationPort: 4005 },
      zone: 0,
      status: ['confirmed'],
    });
    expect(entries.at(-1)?.reply.zone).toBeUndefined();
  });

  it('pass a filter when all of it holds', () => {
    const entry: ConntrackEntry = {
      family: 'ipv4',
      protocol: protocols.udp,
      original: { ...udp, source: parseIp('10.1.2.3'), destination: parseIp('10.9.0.1') },
      reply: { ...udp, source: parseIp('10.244.0.7'), destination: parseIp('10.1.2.3') },
      status: [],
      mark: 0x1234,
      zone: 3,
      id: 1,
    };
    const yes = [
      {},
      { family: 'ipv4' },
      { protocol: 17, zone: 3, sourcePort: 4009, destinationPort: 9 },
      { source: parseCidr('10.1.0.0/16'), destination: parseCidr('10.9.0.1/32') },
      { replySource: parseCidr('10.244.0.0/16') },
      { mark: { value: 0x1234 } },
      { mark: { value: 0x34, mask: 0xff } },
      { mark: { value: 0, mask: 0 } },
    ] as const;
    const no = [
      { family: 'ipv6' },
      { protocol: 6 },
      { zone: 0 },
      { sourcePort: 9 },
      { source: parseCidr('10.9.0.0/16') },
      { destination: parseCidr('10.244.0.0/16') },
      { replySource: parseCidr('10.9.0.0/16') },
      { source: parseCidr('fd00::/8') },
      { mark: { value: 0x1235 } },
      { mark: { value: 0x1234, mask: 0xff } },
      { protocol: 17, zone: 4 },
    ] as const;
    for (const filter of yes) expect(passesConntrackFilter(filter, entry)).toBe(true);
    for (const filter of no) {
      expect(passesConntrackFilter(filter, entry), JSON.stringify(filter)).toBe(false);
    }
  });
});
