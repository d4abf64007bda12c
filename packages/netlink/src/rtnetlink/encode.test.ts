import { parseCidr, parseIp, parseMac } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { fromHex } from '../../test-support/corpus.js';
import type { NetlinkRequest } from '../socket/request.js';
import { addressAdd } from './address/add.js';
import { addressReplace } from './address/replace.js';
import { linkAdd } from './link/add.js';
import { linkDel } from './link/del.js';
import { linkSet } from './link/set.js';
import { neighbourReplace } from './neighbour/replace.js';
import { routeAdd } from './route/add.js';
import { routeDel } from './route/del.js';
import { routeGet } from './route/get.js';
import { routeReplace } from './route/replace.js';

/** Attributes of a body in no order, as hexadecimal texts. */
function attributesOf(body: Uint8Array, headerLength: number): string[] {
  const view = Buffer.from(body);
  const found: string[] = [];
  for (let at = headerLength; at < view.length; at += (view.readUInt16LE(at) + 3) & ~3) {
    found.push(view.toString('hex', at, at + view.readUInt16LE(at)));
  }
  return found.sort();
}

/** Compares with a whole message that iproute2 6.1 sent, seen by strace; the order of attributes is free. */
function expectSame(request: NetlinkRequest, headerLength: number, captured: string): void {
  const message = Buffer.from(fromHex(captured));
  const body = message.subarray(16);
  expect(request.type).toBe(message.readUInt16LE(4));
  expect(request.flags).toBe(message.readUInt16LE(6) & ~0x5);
  expect(Buffer.from(request.body.subarray(0, headerLength)).toString('hex')).toBe(
    body.toString('hex', 0, headerLength),
  );
  expect(attributesOf(request.body, headerLength)).toEqual(attributesOf(body, headerLength));
}

describe('requests are the bytes that ip sends', () => {
  it('link add NAME mtu address type veth peer', () => {
    const request = linkAdd({
      kind: 'veth',
      name: 'poptest2',
      mtu: 1450,
      mac: parseMac('0a:58:0a:f4:01:05'),
      peer: { name: 'eth0', mtu: 1400 },
    });
    expect(request.operation).toBe('add link poptest2 (veth)');
    // The peer's attributes come in another order here: MTU before name there.
    expect(request.body.length).toBe(0x7c - 16);
    expectSame(
      linkAdd({ kind: 'veth', name: 'poptest', peer: { name: 'eth0' } }),
      16,
      `5c000000100005061df6006b00000000 00000000000000000000000000000000
       0c000300706f70746573740030001200 08000100766574682400020020000100
       00000000000000000000000000000000 090003006574683000000000`,
    );
  });

  it('link set alias, link delete', () => {
    expectSame(
      linkSet({ ifindex: 2 }, { alias: 'poplin:x' }),
      16,
      `2c000000100005001df6006b00000000 00000000020000000000000000000000
       0c001400706f706c696e3a78`,
    );
    expectSame(
      linkSet({ ifindex: 2 }, { masterIfindex: 1 }),
      16,
      '28000000100005001df6006b00000000 00000000020000000000000000000000 08000a0001000000',
    );
    expectSame(
      linkDel({ ifindex: 4 }),
      16,
      '20000000110005001df6006b00000000 00000000040000000000000000000000',
    );
  });

  it('address add scope link, address replace nodad noprefixroute', () => {
    expectSame(
      addressAdd({ ifindex: 2, ip: parseIp('10.244.1.5'), length: 32, scope: 'link' }),
      8,
      '28000000140005061df6006b00000000 022000fd02000000080002000af40105 080001000af40105',
    );
    expectSame(
      addressReplace({
        ifindex: 2,
        ip: parseIp('fd00::5'),
        length: 64,
        noDad: true,
        noPrefixRoute: true,
      }),
      8,
      `48000000140005051df6006b00000000 0a4000000200000014000200fd000000
       00000000000000000000000508000800 0202000014000100fd00000000000000 0000000000000005`,
    );
  });

  it('route add blackhole, route replace with everything, route delete', () => {
    expectSame(
      routeAdd({ type: 'blackhole', dst: parseCidr('10.244.0.0/26'), protocol: 112 }),
      12,
      '24000000180005061df6006b00000000 021a0000fe7000060000000008000100 0af40000',
    );
    expectSame(
      routeReplace({
        dst: parseCidr('10.244.7.0/26'),
        via: parseIp('192.0.2.2'),
        ifindex: 2,
        onlink: true,
        source: parseIp('192.0.2.1'),
        mtu: 1450,
        protocol: 112,
      }),
      12,
      `48000000180005051df6006b00000000 021a0000fe7000010400000008000100
       0af4070008000500c000020208000700 c000020108000400020000000c000800 08000200aa050000`,
    );
    expectSame(
      routeReplace({ type: 'blackhole', dst: parseCidr('fd00::/64'), protocol: 112, priority: 9 }),
      12,
      `38000000180005051df6006b00000000 0a400000fe7000060000000014000100
       fd000000000000000000000000000000 0800060009000000`,
    );
    expectSame(
      routeDel({ dst: parseCidr('10.244.7.0/26'), protocol: 112 }),
      12,
      '24000000190005001df6006b00000000 021a0000fe70ff000000000008000100 0af40700',
    );
  });

  it('route get', () => {
    const request = routeGet(parseIp('192.0.2.50'));
    expect(Buffer.from(request.body).toString('hex')).toBe(
      '02200000000000000010000008000100c0000232',
    );
  });

  it('neighbour replace nud permanent protocol', () => {
    expectSame(
      neighbourReplace({
        ifindex: 2,
        ip: parseIp('169.254.1.1'),
        mac: parseMac('0a:58:a9:fe:01:01'),
        protocol: 112,
      }),
      12,
      `380000001c0005051ef6006b00000000 02000000020000008000000005000c00
       7000000008000100a9fe01010a000200 0a58a9fe01010000`,
    );
  });
});

describe('requests that cannot be meant', () => {
  const refused = expect.objectContaining({ code: 'INVALID_ARGUMENT' });

  it.each([
    '',
    '.',
    '..',
    'a/b',
    'a b',
    'a:b',
    'a%d',
    'a\0b',
    'a\tb',
    'sixteen-bytes-xx',
    'ä'.repeat(8),
  ])('refuses the interface name %j', (name) => {
    expect(() => linkDel({ name })).toThrow(refused);
    expect(() => linkAdd({ kind: 'bridge', name })).toThrow(refused);
    expect(() => linkAdd({ kind: 'veth', name: 'a', peer: { name } })).toThrow(refused);
    expect(() => linkSet({ ifindex: 1 }, { name })).toThrow(refused);
  });

  it('accepts names up to 15 bytes, dots inside included', () => {
    for (const name of ['a', 'fifteen-bytes-x', 'poplin.vxlan6', '...']) {
      expect(linkDel({ name }).operation).toBe(`delete link ${name}`);
    }
  });

  it('refuses numbers out of range, and says which', () => {
    const dst = parseCidr('10.0.0.0/24');
    expect(() => linkSet({ ifindex: 0 }, {})).toThrow(refused);
    expect(() => linkAdd({ kind: 'bridge', name: 'a', mtu: -1 })).toThrow(refused);
    expect(() => addressAdd({ ifindex: 1, ip: parseIp('10.0.0.1'), length: 33 })).toThrow(
      'add address 10.0.0.1/33 on link #1: a prefix length is a number from 0 to 32, not 33',
    );
    expect(() => routeAdd({ dst, protocol: 256 })).toThrow(refused);
    expect(() => routeAdd({ dst, table: 0 })).toThrow(refused);
    expect(() => routeAdd({ dst, ifindex: 1.5 })).toThrow(refused);
  });

  it('refuses in one message what takes two', () => {
    expect(() => linkSet({ name: 'a' }, { name: 'b' })).toThrow(refused);
    expect(() => linkSet({ name: 'a' }, { masterIfindex: 1, bridgePort: {} })).toThrow(refused);
  });
});
