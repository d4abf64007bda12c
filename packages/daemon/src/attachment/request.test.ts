import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AttachmentError } from './error.js';
import { type CniCall, parseCniArgs, parseCniCall } from './request.js';

const call = (parts: Partial<CniCall> & { json?: unknown } = {}): CniCall => ({
  containerId: 'a'.repeat(64),
  netns: '/run/netns/cni-1',
  ifname: 'eth0',
  args: 'IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=cart-0',
  config: Buffer.from(JSON.stringify(parts.json ?? { cniVersion: '1.0.0', name: 'poplin' })),
  netnsDevice: 4n,
  netnsInode: 42n,
  ...parts,
});

describe('parseCniCall', () => {
  it('takes what containerd sends', () => {
    expect(parseCniCall(call())).toEqual({
      containerId: 'a'.repeat(64),
      ifname: 'eth0',
      netnsPath: '/run/netns/cni-1',
      cniVersion: '1.0.0',
      network: 'poplin',
      pod: 'shop/cart-0',
    });
  });

  it.each([
    ['a container id with a slash', { containerId: 'a/b' }],
    ['a container id that begins with a dash', { containerId: '-a' }],
    ['no container id', { containerId: '' }],
    ['an interface name of 16 bytes', { ifname: 'x'.repeat(16) }],
    ['an interface name of 16 bytes in 8 characters', { ifname: 'ü'.repeat(8) }],
    ['an interface called ..', { ifname: '..' }],
    ['an interface name with a slash', { ifname: 'a/b' }],
    ['an interface name with a colon', { ifname: 'a:b' }],
    ['an interface name with a blank', { ifname: 'a b' }],
    ['CNI_ARGS with two equal signs', { args: 'A=b=c' }],
    ['CNI_ARGS without a value', { args: 'A' }],
  ])('refuses %s as a bad environment', (_what, parts) => {
    expect(() => parseCniCall(call(parts))).toThrow(
      expect.objectContaining({ code: 'INVALID_REQUEST' }),
    );
  });

  it.each([
    ['truncated JSON', { config: Buffer.from('{"cniVersion": "1.0.0", "na') }],
    ['bytes that are not UTF-8', { config: Buffer.from([0x7b, 0xff, 0x7d]) }],
    ['a version that it cannot answer in', { json: { cniVersion: '9.9.9', name: 'x' } }],
    ['a network without a name', { json: { cniVersion: '1.0.0' } }],
    ['a network name with a blank', { json: { cniVersion: '1.0.0', name: 'a b' } }],
    ['a list', { json: [] }],
  ])('refuses %s as a bad network configuration', (_what, parts) => {
    expect(() => parseCniCall(call(parts))).toThrow(
      expect.objectContaining({ code: 'INVALID_NETWORK_CONFIG' }),
    );
  });

  it('gives a value or its own error for any bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.string(),
        fc.string(),
        (config, id, args) => {
          try {
            parseCniCall(call({ config, containerId: id, args }));
          } catch (error) {
            expect(error).toBeInstanceOf(AttachmentError);
          }
        },
      ),
    );
  });
});

describe('parseCniArgs', () => {
  it('reads pairs in any order and takes an empty value', () => {
    expect(Object.fromEntries(parseCniArgs('B=2;A=;C=x'))).toEqual({ A: '', B: '2', C: 'x' });
  });

  it('reads nothing from nothing', () => {
    expect(parseCniArgs('').size).toBe(0);
  });
});
