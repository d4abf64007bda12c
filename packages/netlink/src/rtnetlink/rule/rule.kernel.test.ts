import { parseCidr } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { throwawayNamespace } from '../../../test-support/throwaway-namespaces.js';
import { openNetlink } from '../netlink.js';
import type { RuleAction, RuleSpec } from './types.js';

const POPLIN = 112;

const families = [
  ['ipv4', '-4', '10.0.0.0/8', '10.2.0.0/16'],
  ['ipv6', '-6', 'fd00::/16', 'fd02::/32'],
] as const;

describe('rules', () => {
  it.each(families)('match all that they can, in %s', async (family, version, src, dst) => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    host.exec('ip', 'link', 'add', 'a0', 'type', 'veth', 'peer', 'name', 'b0');
    const spec: RuleSpec = {
      family,
      priority: 100,
      src: parseCidr(src),
      dst: parseCidr(dst),
      iif: 'a0',
      oif: 'gone0',
      fwmark: { value: 0x10, mask: 0xff },
      tos: 0x10,
      ipProtocol: 6,
      sourcePorts: { start: 1, end: 10 },
      destinationPorts: { start: 80, end: 80 },
      users: { start: 7, end: 1000 },
      tunnelId: 0x1234_5678_9abcn,
      table: 1000,
      protocol: POPLIN,
      suppressPrefixLength: 0,
      suppressGroup: 3,
    };
    await netlink.rule.add(spec);
    const [srcIp, srcLength] = src.split('/');
    const [dstIp, dstLength] = dst.split('/');
    const shown = host.ip(version, 'rule', 'show', 'priority', '100');
    expect(shown).toEqual([
      {
        priority: 100,
        src: srcIp,
        srclen: Number(srcLength),
        dst: dstIp,
        dstlen: Number(dstLength),
        tos: '0x10',
        fwmark: '0x10',
        fwmask: '0xff',
        iif: 'a0',
        oif: 'gone0',
        oif_detached: null,
        uid_start: 7,
        uid_end: 1000,
        ipproto: 'tcp',
        sport_start: 1,
        sport_end: 10,
        dport: 80,
        tun_id: 0x1234_5678_9abc,
        table: '1000',
        suppress_prefixlen: 0,
        suppress_ifgroup: '3',
        protocol: '112',
      },
    ]);
    const [read] = await netlink.rule.list({ family, priority: 100 });
    expect(read).toEqual({
      ...spec,
      action: 'lookup',
      invert: false,
      l3mdev: false,
      flags: 0x10,
      flagNames: ['oif_detached'],
    });
    await expect(netlink.rule.add(spec)).rejects.toMatchObject({ code: 'EEXIST' });
    await netlink.rule.del(spec);
    expect(host.ip(version, 'rule', 'show', 'priority', '100')).toEqual([]);
    await expect(netlink.rule.del(spec)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it.each<RuleAction>(['nop', 'blackhole', 'unreachable', 'prohibit'])(
    'do %s as ip makes them do',
    async (action) => {
      using host = throwawayNamespace();
      using netlink = openNetlink({ netns: host.netns });
      for (const [family, version, src] of families) {
        const show = () => host.ip(version, 'rule', 'show', 'priority', '7');
        host.exec('ip', version, 'rule', 'add', 'from', src, 'priority', '7', action);
        const byIp = show();
        expect(byIp).toHaveLength(1);
        const spec: RuleSpec = { family, src: parseCidr(src), priority: 7, action };
        expect(await netlink.rule.list({ family, priority: 7 })).toMatchObject([spec]);
        host.exec('ip', version, 'rule', 'del', 'priority', '7');
        await netlink.rule.add(spec);
        expect(show()).toEqual(byIp);
        await netlink.rule.del({ family, action });
        expect(show()).toEqual([]);
      }
    },
  );

  it('go on with a later rule, turn round, and look in the table of a VRF', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    await netlink.rule.add({ family: 'ipv4', priority: 9, goto: 4711 });
    await netlink.rule.add({ family: 'ipv4', priority: 10, invert: true, iif: 'lo', table: 77 });
    await netlink.rule.add({ family: 'ipv6', priority: 11, l3mdev: true });
    expect(host.ip('rule', 'show').slice(1, 3)).toEqual([
      { priority: 9, src: 'all', goto: 4711, unresolved: null, protocol: 'unspec' },
      { priority: 10, not: null, src: 'all', iif: 'lo', table: '77', protocol: 'unspec' },
    ]);
    expect(host.exec('ip', '-6', 'rule', 'show')).toContain('lookup [l3mdev-table]');
    expect(await netlink.rule.list({ priority: 9 })).toMatchObject([
      { action: 'goto', goto: 4711, flagNames: ['unresolved'] },
    ]);
    expect(await netlink.rule.list({ table: 77 })).toMatchObject([
      { invert: true, iif: 'lo', flagNames: ['not'] },
    ]);
    const [vrf] = await netlink.rule.list({ priority: 11 });
    expect(vrf).toMatchObject({ action: 'lookup', l3mdev: true });
    expect(vrf).not.toHaveProperty('table');
  });

  it('get priority, table and mask from the kernel and from the habits of ip', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    host.exec('ip', 'rule', 'add', 'fwmark', '5');
    const [, byIp] = host.ip('rule', 'show');
    host.exec('ip', 'rule', 'del', 'fwmark', '5');
    await netlink.rule.add({ family: 'ipv4', fwmark: { value: 5 } });
    expect(host.ip('rule', 'show')[1]).toEqual(byIp);
    expect((await netlink.rule.list({ family: 'ipv4' }))[1]).toMatchObject({
      priority: 32765,
      table: 254,
      fwmark: { value: 5, mask: 0xffff_ffff },
    });
  });

  it('are listed in the order in which they are tried, those of the kernel too', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    host.exec('ip', 'rule', 'add', 'priority', '50', 'table', '5', 'protocol', '112');
    host.exec('ip', '-6', 'rule', 'add', 'priority', '60', 'table', '5');
    const rules = await netlink.rule.list();
    const told = [...host.ip('-4', 'rule', 'show'), ...host.ip('-6', 'rule', 'show')];
    expect(rules.map((r) => r.priority)).toEqual(told.map((r) => r.priority));
    expect(rules[0]).toMatchObject({ priority: 0, table: 255, protocol: 2, action: 'lookup' });
    expect((await netlink.rule.list({ protocol: POPLIN })).map((r) => r.priority)).toEqual([50]);
    expect((await netlink.rule.list({ table: 5, family: 'ipv6' })).map((r) => r.priority)).toEqual([
      60,
    ]);
  });

  it("delete no stranger's rule when the protocol is given", async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    host.exec('ip', 'rule', 'add', 'priority', '50', 'table', '5', 'protocol', 'static');
    const mine = netlink.rule.del({ family: 'ipv4', priority: 50, protocol: POPLIN });
    await expect(mine).rejects.toMatchObject({ code: 'ENOENT' });
    expect(host.ip('rule', 'show', 'priority', '50')).toHaveLength(1);
  });

  it('are refused in the words of the kernel', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const backwards = netlink.rule.add({ family: 'ipv4', priority: 9, goto: 8 });
    await expect(backwards).rejects.toMatchObject({
      code: 'EINVAL',
      kernelText: 'Backward goto not supported',
    });
  });
});
