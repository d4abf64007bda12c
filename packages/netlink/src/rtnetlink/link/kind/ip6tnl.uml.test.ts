import { parseIp } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import {
  type ThrowawayNamespace,
  throwawayNamespace,
} from '../../../../test-support/throwaway-namespaces.js';
import { openNetlink } from '../../netlink.js';

const dataOf = (host: ThrowawayNamespace, name: string): unknown =>
  host.ip('link', 'show', name).map((link) => Object(link.linkinfo).info_data)[0];

const local = parseIp('2001:db8::1');
const remote = parseIp('2001:db8::2');

describe('ip6tnls', () => {
  it.each([
    ['ip6ip6', 'ip6ip6'],
    ['ipip6', 'ipip6'],
    ['any', 'any'],
  ] as const)('carry %s', async (mode, proto) => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    await netlink.link.add({ kind: 'ip6tnl', name: 't0', local, remote, mode });
    expect(dataOf(host, 't0')).toMatchObject({ proto });
    host.exec('ip', 'link', 'add', 't1', 'type', 'ip6tnl', 'remote', '2001:db8::9', 'mode', mode);
    expect((await netlink.link.get({ name: 't1' })).data).toMatchObject({ mode });
  });

  it('are as ip makes them when nothing is said', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    await netlink.link.add({ kind: 'ip6tnl', name: 't0', local, remote });
    const ours = dataOf(host, 't0');
    await netlink.link.del({ name: 't0' });
    const words = 'link add t0 type ip6tnl local 2001:db8::1 remote 2001:db8::2';
    host.exec('ip', ...words.split(' '));
    expect(ours).toEqual(dataOf(host, 't0'));
    expect((await netlink.link.get({ name: 't0' })).data).toEqual({
      kind: 'ip6tnl',
      local,
      remote,
      ttl: 64,
      encapLimit: 4,
      tclass: 0,
      flowLabel: 0,
      mode: 'any',
      external: false,
      fwmark: 0,
    });
  });

  it('are born with every option', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    host.exec('ip', 'link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1');
    const linkIfindex = (await netlink.link.get({ name: 'v0' })).ifindex;
    const options = {
      ...{ local, remote, linkIfindex, ttl: 9, fwmark: 7 },
      ...{ encapLimit: 2, tclass: 0x2a, flowLabel: 0xabcde },
    };
    await netlink.link.add({ kind: 'ip6tnl', name: 't0', ...options });
    expect(dataOf(host, 't0')).toMatchObject({
      local: '2001:db8::1',
      remote: '2001:db8::2',
      link: 'v0',
      ttl: 9,
      encap_limit: 2,
      tclass: '0x2a',
      flowlabel: '0xabcde',
      fwmark: '0x7',
    });
    expect((await netlink.link.get({ name: 't0' })).data).toMatchObject(options);
  });

  it('inherit class and label, and leave out the encapsulation limit', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const options = { encapLimit: 'none', tclass: 'inherit', flowLabel: 'inherit' } as const;
    await netlink.link.add({ kind: 'ip6tnl', name: 't0', local, remote, ...options });
    const told = host.exec('ip', '-d', 'link', 'show', 't0');
    for (const words of ['encaplimit none', 'tclass inherit', 'flowlabel inherit']) {
      expect(told).toContain(words);
    }
    expect((await netlink.link.get({ name: 't0' })).data).toMatchObject(options);
  });

  it('keep what a change leaves out', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    await netlink.link.add({ kind: 'ip6tnl', name: 't0', local, remote, tclass: 8, mode: 'ipip6' });
    const other = parseIp('2001:db8::3');
    await netlink.link.set({ name: 't0' }, { data: { kind: 'ip6tnl', remote: other } });
    expect(dataOf(host, 't0')).toMatchObject({
      local: '2001:db8::1',
      remote: '2001:db8::3',
      tclass: '0x08',
      proto: 'ipip6',
    });
  });
});
