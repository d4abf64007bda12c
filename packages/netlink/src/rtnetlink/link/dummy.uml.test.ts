import { parseIp } from '@poplin/net';
import { expect, it } from 'vitest';
import { throwawayNamespace } from '../../../test-support/throwaway-namespaces.js';
import { openNetlink } from '../netlink.js';

it('makes a dummy, and an ipip tunnel whose packets leave by it', async () => {
  using host = throwawayNamespace();
  using netlink = openNetlink({ netns: host.netns });
  await netlink.link.add({ kind: 'dummy', name: 'd0', mtu: 1400, up: true });
  const [dummy] = host.ip('link', 'show', 'd0');
  expect(dummy).toMatchObject({ mtu: 1400, linkinfo: { info_kind: 'dummy' } });
  expect(await netlink.link.get({ name: 'd0' })).toMatchObject({
    kind: 'dummy',
    ifindex: dummy?.ifindex,
    mac: dummy?.address,
  });

  const linkIfindex = Number(dummy?.ifindex);
  const [local, remote] = [parseIp('192.0.2.1'), parseIp('192.0.2.2')];
  await netlink.link.add({ kind: 'ipip', name: 't0', local, remote, ttl: 64, linkIfindex });
  expect(host.ip('link', 'show', 't0')).toMatchObject([
    {
      link: 'd0',
      linkinfo: { info_kind: 'ipip', info_data: { local, remote, ttl: 64, pmtudisc: true } },
    },
  ]);
});
