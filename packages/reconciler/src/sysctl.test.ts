import { describe, expect, it } from 'vitest';
import { linkOfSysctl } from './sysctl.js';

describe('a sysctl', () => {
  it.each([
    ['net/ipv4/conf/poplin.vxlan/rp_filter', 'poplin.vxlan'],
    ['net/ipv6/conf/eth0/disable_ipv6', 'eth0'],
    ['net/ipv4/neigh/br0/gc_stale_time', 'br0'],
  ])('%s is of link %s', (key, link) => {
    expect(linkOfSysctl({ key })).toBe(link);
  });

  it.each([
    'net/ipv4/ip_forward',
    'net/ipv6/conf/all/forwarding',
    'net/ipv4/conf/default/rp_filter',
    'net/netfilter/nf_conntrack_max',
  ])('%s is of the whole host', (key) => {
    expect(linkOfSysctl({ key })).toBeUndefined();
  });
});
