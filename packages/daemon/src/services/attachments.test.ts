import { Bandwidth, ListAttachmentsRequest, SetBandwidthRequest } from '@poplin/api';
import { parseIp, parseMac } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { type AttachmentKey, keyText } from '../attachment/identity.js';
import type { AttachmentBook, AttachmentView } from '../attachment-service/book.js';
import type { BandwidthLimits } from '../cni/index.js';
import { attachmentService } from './attachments.js';

const viewOf = (containerId: string, ifname = 'eth0'): AttachmentView => ({
  containerId,
  ifname,
  network: 'poplin',
  addresses: [parseIp('10.244.0.5'), parseIp('fd00::5')],
  mac: parseMac('0a:58:0a:f4:00:05'),
  hostLink: 'pop0123456789a',
  mtu: 1450,
  netns: '/run/netns/x',
  portMappings: [],
  createdAt: '2026-01-02T03:04:05.678Z',
});

/** A book that keeps what it is told. */
function bookOf(...views: AttachmentView[]) {
  const told: [AttachmentKey, BandwidthLimits | undefined][] = [];
  const book: AttachmentBook = {
    list: () => views,
    async setBandwidth(key, limits) {
      told.push([key, limits]);
      const view = views.find((one) => keyText(one) === keyText(key));
      if (!view) throw new Error('the service resolves to one of the list');
      return { ...view, ...(limits && { bandwidth: limits }) };
    },
  };
  return { service: attachmentService(book), told };
}

const request = (containerId: string, bandwidth: Partial<Bandwidth> = {}, ifname = '') =>
  SetBandwidthRequest.create({ containerId, ifname, bandwidth: Bandwidth.create(bandwidth) });

describe('ListAttachments', () => {
  it('tells all there is to an attachment', async () => {
    const { service } = bookOf({
      ...viewOf('c0ffee'),
      pod: 'default/web',
      bandwidth: { ingress: { rate: 10_000_000, burst: 800 } },
      portMappings: [
        { protocol: 'tcp', hostIp: parseIp('192.0.2.1'), hostPort: 8080, containerPort: 80 },
        { protocol: 'udp', hostPort: 53, containerPort: 5353 },
      ],
    });
    const { attachments } = await service.listAttachments(ListAttachmentsRequest.create());
    expect(attachments).toEqual([
      {
        containerId: 'c0ffee',
        ifname: 'eth0',
        pod: 'default/web',
        network: 'poplin',
        addresses: ['10.244.0.5', 'fd00::5'],
        mac: '0a:58:0a:f4:00:05',
        hostLink: 'pop0123456789a',
        mtu: 1450,
        netns: '/run/netns/x',
        bandwidth: {
          ingressRate: 10_000_000n,
          ingressBurst: 800n,
          egressRate: 0n,
          egressBurst: 0n,
        },
        portMappings: [
          { protocol: 'tcp', hostIp: '192.0.2.1', hostPort: 8080, containerPort: 80 },
          { protocol: 'udp', hostIp: '', hostPort: 53, containerPort: 5353 },
        ],
        createdAt: { seconds: 1_767_323_045n, nanos: 678_000_000 },
      },
    ]);
  });

  it('goes from page to page, ordered by container and interface', async () => {
    const { service } = bookOf(viewOf('b', 'net1'), viewOf('c'), viewOf('b', 'eth0'), viewOf('a'));
    const first = await service.listAttachments({ pageSize: 3, pageToken: '' });
    expect(first.attachments.map(keyText)).toEqual(['a/eth0', 'b/eth0', 'b/net1']);
    const rest = await service.listAttachments({ pageSize: 3, pageToken: first.nextPageToken });
    expect(rest.attachments.map(keyText)).toEqual(['c/eth0']);
    expect(rest.nextPageToken).toBe('');
  });

  it('has no bandwidth where there is no limit', async () => {
    const { attachments } = await bookOf(viewOf('a')).service.listAttachments(
      ListAttachmentsRequest.create(),
    );
    expect(attachments[0]).toMatchObject({ pod: '', bandwidth: undefined, portMappings: [] });
  });
});

describe('SetBandwidth', () => {
  it('sets what is asked for, and answers with the attachment as it is then', async () => {
    const { service, told } = bookOf(viewOf('c0ffee'), viewOf('c1'));
    const { attachment } = await service.setBandwidth(
      request('c0', { ingressRate: 1000n, egressRate: 100_000_000_000_000n, egressBurst: 9n }),
    );
    expect(told).toEqual([
      [
        { containerId: 'c0ffee', ifname: 'eth0' },
        { ingress: { rate: 1000 }, egress: { rate: 1e14, burst: 9 } },
      ],
    ]);
    expect(attachment).toMatchObject({ containerId: 'c0ffee', bandwidth: { ingressRate: 1000n } });
  });

  it.each([
    ['absent', undefined],
    ['nothing but zeros', Bandwidth.create()],
  ])('takes limits away when they are %s', async (_what, bandwidth) => {
    const { service, told } = bookOf(viewOf('c0ffee'));
    await service.setBandwidth(SetBandwidthRequest.create({ containerId: 'c0ffee', bandwidth }));
    expect(told).toEqual([[{ containerId: 'c0ffee', ifname: 'eth0' }, undefined]]);
  });

  it.each([
    [{ ingressRate: 999n }, /ingress_rate is 999 bit\/s; it must be 1000 /],
    [{ egressRate: 100_000_000_000_001n }, /egress_rate is 100000000000001 /],
    [{ ingressRate: 1000n, egressBurst: 1n }, /egress_burst is 1 bits, but egress_rate is missing/],
  ])(
    'refuses limits that cannot be meant, and changes nothing (%#)',
    async (bandwidth, message) => {
      const { service, told } = bookOf(viewOf('c0ffee'));
      await expect(service.setBandwidth(request('c0ffee', bandwidth))).rejects.toMatchObject({
        code: 'INVALID_REQUEST',
        message: expect.stringMatching(message),
      });
      expect(told).toEqual([]);
    },
  );
});
