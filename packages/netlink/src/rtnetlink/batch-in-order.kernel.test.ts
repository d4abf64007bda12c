import { parseCidr, parseIp } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { throwawayNamespace } from '../../test-support/throwaway-namespaces.js';
import type { Netns } from '../namespace/netns.js';
import { addressAdd } from './address/add.js';
import { batchInOrder } from './batch-in-order.js';
import { linkAdd } from './link/add.js';
import { linkGet } from './link/get.js';
import { linkSet } from './link/set.js';
import { openNetlink } from './netlink.js';
import { routeAdd } from './route/add.js';

const veth = (netns: Netns) =>
  linkAdd({
    name: 'near',
    kind: 'veth',
    ifindex: 4711,
    up: true,
    peer: { name: 'far', ifindex: 7, netns },
  });

const addressesOf = (link: Readonly<Record<string, unknown>> | undefined): string[] =>
  ((link?.addr_info ?? []) as { local: string }[]).map(({ local }) => local);

describe('batches in order', () => {
  it('each act in the namespace of their handle, the later ones on what the earlier ones made', async () => {
    using host = throwawayNamespace();
    using pod = throwawayNamespace();
    using near = openNetlink({ netns: host.netns });
    using far = openNetlink({ netns: pod.netns });
    const answers = await batchInOrder([
      { on: near, requests: [veth(pod.netns)] },
      {
        on: far,
        requests: [
          linkSet({ ifindex: 7 }, { up: true }),
          addressAdd({ ifindex: 7, ip: parseIp('10.0.0.2'), length: 32 }),
        ],
      },
      {
        on: near,
        requests: [routeAdd({ dst: parseCidr('10.0.0.2/32'), ifindex: 4711, scope: 'link' })],
      },
    ]);
    expect(answers.map(({ errors }) => errors)).toEqual([
      [undefined],
      [undefined, undefined],
      [undefined],
    ]);
    expect(host.ip('route', 'show')).toMatchObject([{ dst: '10.0.0.2', dev: 'near' }]);
    const [end] = pod.ip('address', 'show', 'dev', 'far');
    expect(end).toMatchObject({ ifindex: 7, operstate: 'UP' });
    expect(addressesOf(end)).toContain('10.0.0.2');
  });

  it('end with the first in which a request fails, whose other requests are carried out', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const address = (ip: string) => addressAdd({ ifindex: 1, ip: parseIp(ip), length: 32 });
    const answers = await batchInOrder([
      { on: netlink, requests: [address('10.0.0.1')] },
      { on: netlink, requests: [address('10.0.0.1'), address('10.0.0.2')] },
      { on: netlink, requests: [address('10.0.0.3')] },
    ]);
    expect(answers.map(({ errors }) => errors)).toEqual([
      [undefined],
      [expect.objectContaining({ code: 'EEXIST' }), undefined],
      [],
    ]);
    const [lo] = host.ip('address', 'show', 'dev', 'lo');
    expect(addressesOf(lo).filter((ip) => ip.startsWith('10.'))).toEqual(['10.0.0.1', '10.0.0.2']);
  });

  it('go on after one that may fail', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const answers = await batchInOrder([
      {
        on: netlink,
        requests: [linkSet({ name: 'none' }, { up: true })],
        onFailure: 'continue',
      },
      { on: netlink, requests: [linkSet({ name: 'lo' }, { mtu: 1400 })] },
    ]);
    expect(answers.map(({ errors }) => errors)).toEqual([
      [expect.objectContaining({ code: 'ENODEV' })],
      [undefined],
    ]);
    expect(host.ip('link', 'show')).toMatchObject([{ ifname: 'lo', mtu: 1400 }]);
  });

  it('leave out the one after one that fails so, and no other', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const address = (ip: string) => addressAdd({ ifindex: 1, ip: parseIp(ip), length: 32 });
    const many = Array.from({ length: 600 }, (_, i) => address(`10.1.${i >> 8}.${i & 255}`));
    const answers = await batchInOrder([
      { on: netlink, requests: [linkGet({ ifindex: 1 })], onFailure: 'skip-next' },
      { on: netlink, requests: [address('10.0.0.1')] },
      { on: netlink, requests: [linkGet({ ifindex: 4711 })], onFailure: 'skip-next' },
      { on: netlink, requests: many },
      { on: netlink, requests: [address('10.0.0.3')] },
    ]);
    expect(answers.map(({ errors }) => errors)).toEqual([
      [undefined],
      [undefined],
      [expect.objectContaining({ code: 'ENODEV' })],
      [],
      [undefined],
    ]);
    const [lo] = host.ip('address', 'show', 'dev', 'lo');
    expect(addressesOf(lo).filter((ip) => ip.startsWith('10.'))).toEqual(['10.0.0.1', '10.0.0.3']);
  });

  it('are all refused when one of the handles is disposed', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const gone = openNetlink({ netns: host.netns });
    gone[Symbol.dispose]();
    const batches = [
      { on: netlink, requests: [linkSet({ name: 'lo' }, { mtu: 1400 })] },
      { on: gone, requests: [linkSet({ name: 'lo' }, { mtu: 1500 })] },
    ];
    await expect(batchInOrder(batches)).rejects.toMatchObject({ code: 'CLOSED' });
    expect(host.ip('link', 'show')).toMatchObject([{ ifname: 'lo', mtu: 65536 }]);
  });

  it('finish although their handles and namespaces are disposed meanwhile', async () => {
    using host = throwawayNamespace();
    using pod = throwawayNamespace();
    const near = openNetlink({ netns: host.netns });
    const running = batchInOrder([{ on: near, requests: [veth(pod.netns)] }]);
    near[Symbol.dispose]();
    expect(await running).toMatchObject([{ errors: [undefined] }]);
    expect(host.ip('link', 'show', 'near')).toMatchObject([{ ifindex: 4711 }]);
  });
});
