import { parseIp, parseMac } from '@poplin/net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex } from '../../test-support/corpus.js';
import { AttributeWriter } from './attribute-writer.js';
import { Attributes } from './attributes.js';

const write = (fill: (writer: AttributeWriter) => void): Uint8Array => {
  const writer = new AttributeWriter('test');
  fill(writer);
  return writer.finish();
};

describe('netlink attributes', () => {
  it('reads back what was written, of every kind and nested', () => {
    const ip = parseIp('fd00::5');
    const mac = parseMac('0a:58:0a:f4:01:05');
    const bytes = write((w) =>
      w
        .u8(1, 255)
        .u16(2, 65535)
        .u32(3, 0xffff_ffff)
        .text(4, 'grün')
        .ip(5, ip)
        .mac(6, mac)
        .bytes(7, new Uint8Array())
        .nested(8, (inner) => inner.u32(9, 7).nested(10, (deep) => deep.u8(11, 1))),
    );
    const read = new Attributes('test', bytes);
    expect(read.u8(1)).toBe(255);
    expect(read.u16(2)).toBe(65535);
    expect(read.u32(3)).toBe(0xffff_ffff);
    expect(read.i32(3)).toBe(-1);
    expect(read.text(4)).toBe('grün');
    expect(read.ip(5, 'ipv6')).toBe(ip);
    expect(read.mac(6)).toBe(mac);
    expect(read.bytes(7)).toEqual(new Uint8Array());
    expect(read.nested(8)?.u32(9)).toBe(7);
    expect(read.nested(8)?.nested(10)?.u8(11)).toBe(1);
    expect(read.u8(99)).toBeUndefined();
    expect(read.nested(99)).toBeUndefined();
  });

  it('aligns to four bytes and counts the length without the padding', () => {
    expect(write((w) => w.text(3, 'eth0').u32(4, 1400))).toEqual(
      fromHex('0900 0300 65746830 00000000 0800 0400 78050000'),
    );
  });

  it('reads any value back, also when the buffer had to grow', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(
          fc.tuple(fc.integer({ min: 1, max: 0x3fff }), fc.uint8Array({ maxLength: 600 })),
          { selector: ([type]) => type, maxLength: 12 },
        ),
        (pairs) => {
          const bytes = write((w) => {
            for (const [type, value] of pairs) w.bytes(type, value);
          });
          const read = new Attributes('test', bytes);
          for (const [type, value] of pairs) expect(read.bytes(type)).toEqual(value);
        },
      ),
    );
  });

  it('ignores the flags in a type and takes the last of two', () => {
    const read = new Attributes('test', fromHex('0500 0180 01000000 0500 0100 02000000'));
    expect(read.u8(1)).toBe(2);
  });

  it('refuses lengths that point outside', () => {
    const decode = expect.objectContaining({ code: 'DECODE' });
    for (const hex of ['0300 0100', '0900 0100 00000000', '0000 0000', '040001', '08']) {
      expect(() => new Attributes('test', fromHex(hex)), hex).toThrow(decode);
    }
    const read = new Attributes('test', fromHex('0500 0100 07000000'));
    expect(() => read.u16(1)).toThrow(decode);
    expect(() => read.u32(1)).toThrow(decode);
    expect(() => read.ip(1, 'ipv4')).toThrow(decode);
    expect(() => read.nested(1)).toThrow(decode);
    expect(read.mac(1)).toBeUndefined();
  });

  it('refuses to write a number that does not fit', () => {
    const refused = expect.objectContaining({ code: 'INVALID_ARGUMENT' });
    for (const bad of [-1, 256, 1.5, Number.NaN]) {
      expect(() => write((w) => w.u8(1, bad))).toThrow(refused);
    }
    expect(() => write((w) => w.u32(1, 2 ** 32))).toThrow(refused);
    expect(() => write((w) => w.bytes(1, new Uint8Array(0x10000)))).toThrow(refused);
  });
});
