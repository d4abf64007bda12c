import type { NetworkView, Peer } from '@poplin/backend';
import { parseCidr, parseIp } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import type { UdpPeerData } from './peer-data.js';
import { PeerFeed } from './peer-feed.js';

const view: NetworkView = {
  underlay: {
    link: 'eth0',
    mtu: 1500,
    addresses: [
      { family: 'ipv4', ip: parseIp('192.168.7.1'), onLink: parseCidr('192.168.7.0/24') },
    ],
  },
  pools: [parseCidr('10.244.0.0/16')],
};

const peer = (n: number): Peer<UdpPeerData> => ({
  name: `n${n}`,
  addresses: [parseIp(`192.168.7.${n}`)],
  blocks: [parseCidr(`10.244.${n}.0/24`)],
  data: { port: 8285 },
});

describe('PeerFeed', () => {
  it('tells what the thread needs of a peer', () => {
    const feed = new PeerFeed({ port: 8285 });
    expect(feed.next([peer(2)], view)).toEqual({
      set: [
        {
          name: 'n2',
          port: 8285,
          addresses: ['192.168.7.2'],
          prefixes: ['10.244.2.0/24', '192.168.7.2/32'],
          paths: { ipv4: { over: 'ipv4', mtu: 1472 }, ipv6: { over: 'ipv4', mtu: 1472 } },
        },
      ],
      gone: [],
    });
  });

  it('tells only what has changed, and what has gone', () => {
    const feed = new PeerFeed({ port: 8285 });
    const [two, three, four] = [peer(2), peer(3), peer(4)];
    feed.next([two, three], view);
    const changed = { ...three, data: { port: 1 } };
    const { set, gone } = feed.next([changed, four], view);
    expect(set.map(({ name }) => name)).toEqual(['n3', 'n4']);
    expect(gone).toEqual(['n2']);
    expect(feed.next([changed, four], view)).toEqual({ set: [], gone: [] });
  });

  it('tells all when the view has changed', () => {
    const feed = new PeerFeed({ port: 8285 });
    const peers = [peer(2), peer(3)];
    feed.next(peers, view);
    const smaller = { ...view, underlay: { ...view.underlay, mtu: 1400 } };
    const { set } = feed.next(peers, smaller);
    expect(set.map(({ paths }) => paths.ipv4?.mtu)).toEqual([1372, 1372]);
  });

  it('leaves out one that claims an address of this node, until it does no more', () => {
    const feed = new PeerFeed({ port: 8285 });
    feed.next([peer(2)], view);
    const twin = { ...peer(2), addresses: [parseIp('192.168.7.1')] };
    expect(feed.next([twin], view)).toEqual({ set: [], gone: ['n2'] });
    expect(feed.next([peer(2)], view).set).toHaveLength(1);
  });
});
