import { silentLog } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { vxlan } from './backend.js';
import { vxlanOptions } from './options.js';
import { vxlanPeerData } from './peer-data.js';
import { peerOf, underlayOf, viewOf } from './testing/nodes.js';

const host = {
  nodeName: 'n1',
  nodeId: 'this',
  underlay: underlayOf(1500, '192.168.7.1'),
  linkSuffix: '',
  log: silentLog,
};

describe('options', () => {
  it('have the defaults of the kernel', () => {
    expect(vxlanOptions.parse({})).toEqual({ vni: 1, port: 8472, direct: false });
  });

  it.each([
    [{ vni: 0 }, 'vni', 'must be a whole number, 1 to 16777215'],
    [{ vni: 2 ** 24 }, 'vni', 'must be a whole number, 1 to 16777215'],
    [{ vni: '1' }, 'vni', 'must be a whole number, 1 to 16777215'],
    [{ port: 65_536 }, 'port', 'must be a UDP port, 1 to 65535'],
    [{ port: 1.5 }, 'port', 'must be a UDP port, 1 to 65535'],
    [{ mtu: 575 }, 'mtu', 'must be 576 to 65485 bytes, or absent to follow the underlay'],
    [{ direct: 'yes' }, 'direct', 'must be true or false'],
  ])('%j are refused with the path and what is allowed', (options, path, message) => {
    const { error } = vxlanOptions.safeParse(options);
    expect(error?.issues).toMatchObject([{ path: [path], message }]);
  });

  it('that nobody knows are refused', () => {
    expect(vxlanOptions.safeParse({ VNI: 1 }).error?.issues[0]?.code).toBe('unrecognized_keys');
  });
});

describe('what a peer published', () => {
  const { data } = peerOf('n2', [], []);

  it('is taken with what a newer version adds', () => {
    expect(vxlanPeerData.parse({ ...data, more: true })).toEqual(data);
  });

  it.each([
    [{}],
    [{ ...data, vni: 0 }],
    [{ ...data, port: '8472' }],
    [{ ...data, macs: { ipv4: data.macs.ipv4 } }],
    [{ ...data, macs: { ...data.macs, ipv6: 'ff:ff:ff:ff:ff:ff' } }],
    [{ ...data, macs: { ...data.macs, ipv6: '01:00:5e:00:00:01' } }],
    [{ ...data, macs: { ...data.macs, ipv6: '00:00:00:00:00:00' } }],
    [{ ...data, macs: { ...data.macs, ipv6: 'x' } }],
  ])('is refused where it cannot be: %j', (text) => {
    expect(vxlanPeerData.safeParse(text).success).toBe(false);
  });
});

describe('a node', () => {
  const published = async (options: unknown) =>
    (await vxlan.start(host, vxlanOptions.parse(options))).published;

  it('publishes what both ends share, and nothing of what concerns one', async () => {
    expect(await published({ direct: true, mtu: 1400 })).toEqual(await published({}));
    expect(await published({ vni: 2 })).not.toEqual(await published({}));
    expect(await published({ port: 4789 })).not.toEqual(await published({}));
    expect(vxlanPeerData.parse(JSON.parse(JSON.stringify(await published({}))))).toEqual(
      await published({}),
    );
  });

  it('warns of an MTU that the underlay cannot carry', async () => {
    const told: string[] = [];
    const log = { ...silentLog, warn: (_: unknown, text: string) => void told.push(text) };
    const running = await vxlan.start({ ...host, log }, vxlanOptions.parse({ mtu: 1460 }));
    expect(told).toEqual(['option mtu asks for 1460 bytes, eth0 lets poplin.vxlan have 1450']);
    expect(running.overhead(viewOf(1500, '192.168.7.1')).ipv4).toBe(50);
    await running.stop();
  });
});
