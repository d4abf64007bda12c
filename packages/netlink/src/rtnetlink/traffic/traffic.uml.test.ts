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

  it('lets packets pass, or drops them (gact), in the order of priority', async () => {
    using host = throwawayNamespace();
    using pod = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const peer = { name: 'b0', netns: pod.netns };
    await netlink.link.add({ kind: 'veth', name: 'a0', up: true, peer });
    host.exec('ip', 'address', 'add', '192.0.2.1/24', 'dev', 'a0');
    pod.exec('ip', 'address', 'add', '192.0.2.2/24', 'dev', 'b0');
    pod.exec('ip', 'link', 'set', 'b0', 'up');
    const { ifindex } = await netlink.link.get({ name: 'a0' });
    const rule = { ifindex, parent: 'ingress', kind: 'u32', protocol: 'ip' } as const;
    const ping = (): string =>
      pod.exec('sh', '-c', 'ping -c3 -i0.2 -W1 192.0.2.1 || [ $? = 1 ]').toString();
    await netlink.qdisc.add({ ifindex, kind: 'ingress' });
    expect(ping()).toContain('3 received');
    const match = { ipProtocol: 1 };
    await netlink.filter.add({
      ...rule,
      priority: 20,
      match,
      actions: [{ kind: 'gact', verdict: 'shot' }],
    });
    expect(ping()).toContain(' 0 received');
    const told = JSON.parse(host.exec('tc', '-j', '-s', 'filter', 'show', 'dev', 'a0', 'ingress'));
    expect(told.at(-1).options.actions).toMatchObject([
      { kind: 'gact', control_action: { type: 'drop' }, stats: { packets: 3, drops: 3 } },
    ]);
    expect((await netlink.filter.list(rule)).at(-1)?.actions).toMatchObject([
      { kind: 'gact', verdict: 'shot', statistics: { packets: 3n, drops: 3 } },
    ]);
    const pass = [{ kind: 'gact', verdict: 'ok' }] as const;
    await netlink.filter.add({ ...rule, priority: 10, match, actions: pass });
    expect(ping()).toContain('3 received');
  });
});
