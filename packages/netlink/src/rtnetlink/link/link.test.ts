import { parseMac } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { expectSameAsCaptured } from '../../../test-support/captured.js';
import { Attributes } from '../../codec/attributes.js';
import type { Netns } from '../../namespace/netns.js';
import type { NetlinkRequest } from '../../socket/request.js';
import { netnsIdSet } from '../netns-id/set.js';
import { linkAdd } from './add.js';
import { linkAddAltNames } from './alt-names.js';
import { linkDelGroup, linkSetGroup } from './group.js';
import { IFINFOMSG_LENGTH } from './header.js';
import { linkSet } from './set.js';
import type { LinkSpec } from './types.js';

describe('requests about links', () => {
  it('are the bytes that ip sends', () => {
    expectSameAsCaptured(
      linkSet({ ifindex: 3 }, { addrGenMode: 'none' }),
      16,
      `30000000100005008d23016b00000000 00000000030000000000000000000000
       10001a000c000a000500080001000000`,
    );
    expectSameAsCaptured(
      linkSetGroup(7, { up: false }),
      16,
      '28000000100005008d23016b00000000 00000000000000000000000001000000 08001b0007000000',
    );
    expectSameAsCaptured(
      linkDelGroup(7),
      16,
      '28000000110005008d23016b00000000 00000000000000000000000000000000 08001b0007000000',
    );
    expectSameAsCaptured(
      netnsIdSet({ fd: 6 } as Netns, 17),
      4,
      '24000000580005008d23016b00000000 00000000 0800030006000000 0800010011000000',
    );
  });

  it('name other names as ip does', () => {
    const { body, type, flags } = linkAddAltNames({ ifindex: 3 }, ['zz']);
    expect([type, flags]).toEqual([0x6c, 0xe00]);
    expect(Buffer.from(body).toString('hex')).toBe(
      '00000000030000000000000000000000 0c003480070035007a7a0000'.replace(' ', ''),
    );
  });

  it('write a MAC, a master of none and a carrier', () => {
    const { body } = linkSet(
      { ifindex: 3 },
      { mac: parseMac('02:00:00:00:00:01'), masterIfindex: 0, carrier: false },
    );
    const attributes = [...new Attributes('test', body, IFINFOMSG_LENGTH).entries()];
    const found = attributes.map(([type, value]) => [type, Buffer.from(value).toString('hex')]);
    expect(Object.fromEntries(found)).toEqual({ 1: '020000000001', 10: '00000000', 33: '00' });
  });

  it('give no name and no other group to a whole group', () => {
    const refused = expect.objectContaining({ code: 'INVALID_ARGUMENT' });
    // @ts-expect-error a group has no name
    expect(() => linkSetGroup(7, { name: 'a' })).toThrow(refused);
    // @ts-expect-error nor another group
    expect(() => linkSetGroup(7, { group: 8 })).toThrow(refused);
    expect(() => linkDelGroup(0)).toThrow(refused);
  });

  it('holds the namespaces that its request names', () => {
    const netns = { fd: 9 } as Netns;
    const peerNetns = { fd: 10 } as Netns;
    const request = (spec: Partial<LinkSpec>): NetlinkRequest =>
      linkAdd({ kind: 'bridge', name: 'a', ...spec } as LinkSpec);
    expect(request({ netns }).namespaces).toEqual([netns]);
    expect(request({ netns: { pid: 1 } })).not.toHaveProperty('namespaces');
    const peer = { name: 'b', netns: peerNetns };
    expect(request({ kind: 'veth', netns, peer }).namespaces).toEqual([netns, peerNetns]);
    expect(linkSet({ name: 'a' }, { netns }).namespaces).toEqual([netns]);
    expect(netnsIdSet(netns).namespaces).toEqual([netns]);
  });
});
