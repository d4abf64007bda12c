import { describe, expect, it } from 'vitest';
import { throwawayNamespace } from '../../../test-support/throwaway-namespaces.js';
import { openNetlink } from '../netlink.js';

describe('traffic control that few kernels have', () => {
  it('makes a bad line (netem), as tc tells it', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    await netlink.link.add({ kind: 'dummy', name: 'd0', up: true });
    const { ifindex } = await netlink.link.get({ name: 'd0' });
    const line = { delay: 20, jitter: 4, loss: 0.25, duplicate: 0.5, limit: 77 };
    await netlink.qdisc.add({ ifindex, kind: 'netem', handle: '1:', ...line });
    expect(JSON.parse(host.exec('tc', '-j', 'qdisc', 'show', 'dev', 'd0'))).toMatchObject([
      {
        kind: 'netem',
        handle: '1:',
        root: true,
        options: {
          limit: 77,
          delay: { delay: 0.02, jitter: 0.004 },
          'loss-random': { loss: 0.25 },
          duplicate: { duplicate: 0.5 },
        },
      },
    ]);
    const [qdisc] = await netlink.qdisc.list({ ifindex });
    expect(qdisc).toMatchObject({ options: { kind: 'netem', delay: 20, jitter: 4, limit: 77 } });
    if (qdisc?.options?.kind !== 'netem') throw new Error('it is netem');
    expect(qdisc.options.loss).toBeCloseTo(0.25, 6);
    expect(qdisc.options.duplicate).toBeCloseTo(0.5, 6);
  });

  it('matches every packet (matchall), with verdicts and redirects in a row', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    await netlink.link.add({ kind: 'veth', name: 'a0', up: true, peer: { name: 'b0' } });
    const { ifindex } = await netlink.link.get({ name: 'a0' });
    const peer = await netlink.link.get({ name: 'b0' });
    const place = { ifindex, parent: 'ingress' } as const;
    await netlink.qdisc.add({ ifindex, kind: 'clsact' });
    await netlink.filter.add({
      ...place,
      kind: 'matchall',
      priority: 5,
      actions: [
        { kind: 'mirred', to: 'egressMirror', ifindex: peer.ifindex },
        { kind: 'gact', verdict: 'shot' },
      ],
    });
    expect(
      JSON.parse(host.exec('tc', '-j', 'filter', 'show', 'dev', 'a0', 'ingress')).at(-1),
    ).toMatchObject({
      protocol: 'all',
      pref: 5,
      kind: 'matchall',
      options: {
        actions: [
          { kind: 'mirred', mirred_action: 'mirror', to_dev: 'b0' },
          { kind: 'gact', control_action: { type: 'drop' } },
        ],
      },
    });
    expect(await netlink.filter.list(place)).toMatchObject([
      {
        kind: 'matchall',
        priority: 5,
        protocol: 'all',
        actions: [
          { kind: 'mirred', to: 'egressMirror', ifindex: peer.ifindex },
          { kind: 'gact', verdict: 'shot' },
        ],
      },
    ]);
    host.exec('tc', 'filter', 'del', 'dev', 'a0', 'ingress');
    const pass = ['matchall', 'action', 'pass'];
    host.exec(
      'tc',
      'filter',
      'add',
      'dev',
      'a0',
      'ingress',
      'protocol',
      'arp',
      'prio',
      '9',
      ...pass,
    );
    expect(await netlink.filter.list(place)).toMatchObject([
      { kind: 'matchall', protocol: 'arp', actions: [{ kind: 'gact', verdict: 'ok' }] },
    ]);
  });
});
