import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex } from '../../test-support/corpus.js';
import { ack } from '../../test-support/fake-kernel.js';
import { decodeAcknowledgement, errorOf } from './acknowledgement.js';
import { type Message, NLMSG } from './message.js';

const to: Message = { type: 16, flags: 0, sequence: 7, body: new Uint8Array() };

describe('acknowledgements', () => {
  it('tell success, the error, and the words of an extended ack', () => {
    expect(decodeAcknowledgement(ack(to))).toEqual({ errno: 0 });
    expect(decodeAcknowledgement(ack(to, 17))).toEqual({ errno: 17 });
    expect(decodeAcknowledgement(ack(to, 22, 'Unknown device type'))).toEqual({
      errno: 22,
      kernelText: 'Unknown device type',
    });
  });

  it('find the words behind a request that was sent back whole', () => {
    // -EINVAL, the request of 20 bytes, NLMSGERR_ATTR_OFFS = 36; flags ACK_TLVS without CAPPED.
    const body = fromHex(
      'eaffffff 14000000 1000 0506 07000000 00000000 aabbccdd 0800 0200 24000000',
    );
    expect(decodeAcknowledgement({ type: NLMSG.ERROR, flags: 0x200, sequence: 7, body })).toEqual({
      errno: 22,
      attributeOffset: 36,
    });
  });

  it('read the error and the words in the end of a dump', () => {
    const body = fromHex('feffffff 0700 0100 6e6f0000');
    expect(decodeAcknowledgement({ type: NLMSG.DONE, flags: 0x200, sequence: 7, body })).toEqual({
      errno: 2,
      kernelText: 'no',
    });
  });

  it('tell the policy and the missing attribute', () => {
    // Body of an extended ack as Linux 6.18 gives it: OFFS, POLICY { TYPE = u32, MAX_VALUE_U = 16777215 }, MISS_TYPE.
    const policy = '08000100 04000000 0c000500 ffffff0000000000';
    const body = fromHex(
      `deffffff 10000000 1000 0500 07000000 00000000 08000200 34000000 18000480 ${policy} 08000500 07000000`,
    );
    const decoded = decodeAcknowledgement({ type: NLMSG.ERROR, flags: 0x300, sequence: 7, body });
    expect(decoded).toEqual({
      errno: 34,
      attributeOffset: 52,
      policy: { type: 'u32', max: 16777215n },
      missingAttribute: 7,
    });
  });

  it('name the attribute that the kernel objects to, by the types that lead to it', () => {
    const body = fromHex(`${'00'.repeat(16)} 10001200 0c000200 08000100 ffffffff`);
    const request = { operation: 'add link v0 (vxlan)', body, headerLength: 16 };
    const policy = { type: 'u32', max: 16777215n } as const;
    expect(errorOf(request, { errno: 34, attributeOffset: 40, policy })).toMatchObject({
      attributePath: [18, 2, 1],
      policy,
      message:
        'add link v0 (vxlan): Numerical result out of range (ERANGE)' +
        ' (attribute 18/2/1 is to be u32 up to 16777215)',
    });
    for (const attributeOffset of [0, 15, 33, 41, 48, 4_000_000_000]) {
      expect(errorOf(request, { errno: 34, attributeOffset })?.attributePath).toBeUndefined();
    }
  });

  it('become errors in the words of errno(3)', () => {
    const error = errorOf(
      { operation: 'add link pod0 (veth)' },
      { errno: 17, kernelText: 'taken' },
    );
    expect(error).toMatchObject({
      code: 'EEXIST',
      errno: 17,
      operation: 'add link pod0 (veth)',
      kernelText: 'taken',
      message: 'add link pod0 (veth): File exists (EEXIST): taken',
      retryable: false,
    });
    expect(errorOf({ operation: 'x' }, { errno: 16 })).toMatchObject({
      code: 'EBUSY',
      retryable: true,
    });
    expect(errorOf({ operation: 'x' }, { errno: 95 })).toMatchObject({ code: 'EOPNOTSUPP' });
    expect(errorOf({ operation: 'x' }, { errno: 1 })?.remedy).toContain('CAP_NET_ADMIN');
    expect(errorOf({ operation: 'x' }, { errno: 999 })).toMatchObject({ code: 'E999' });
    expect(errorOf({ operation: 'x' }, { errno: 0 })).toBeUndefined();
  });

  it('take any bytes or refuse them with DECODE', () => {
    const any = fc.record({
      type: fc.constantFrom(NLMSG.ERROR, NLMSG.DONE),
      flags: fc.constantFrom(0, 0x100, 0x200, 0x300),
      sequence: fc.constant(1),
      body: fc.uint8Array({ maxLength: 80 }),
    });
    fc.assert(
      fc.property(any, (message) => {
        try {
          expect(decodeAcknowledgement(message).errno).toBeGreaterThanOrEqual(0);
        } catch (error) {
          expect(error).toMatchObject({ code: 'DECODE' });
        }
      }),
      { numRuns: 20_000 },
    );
  });
});
