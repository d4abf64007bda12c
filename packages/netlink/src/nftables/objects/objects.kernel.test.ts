import { parseCidr } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import {
  type ThrowawayNamespace,
  throwawayNamespace,
} from '../../../test-support/throwaway-namespaces.js';
import * as nft from '../builder.js';
import { openNftables } from '../nftables.js';
import type { NftCommand, NftTableContent } from '../types.js';

const inTable = { family: 'inet', table: 'shop' } as const;

/** What `nft -j -a` lists, without the metainfo. */
function listed(host: ThrowawayNamespace, ...what: string[]): unknown[] {
  return JSON.parse(host.exec('nft', '-j', '-a', 'list', ...what)).nftables.slice(1);
}

const told = (host: ThrowawayNamespace): string[] =>
  host
    .exec('nft', 'list', 'ruleset')
    .split('\n')
    .map((line) => line.trim());

describe('sets and maps', () => {
  it('have types, flags, sizes, times and counters, as nft tells them', async () => {
    using host = throwawayNamespace();
    using nftables = openNftables({ netns: host.netns });
    const content: NftTableContent = {
      family: 'inet',
      name: 'shop',
      sets: [
        {
          name: 'prefixes',
          type: 'ipv4_addr',
          flags: ['interval'],
          policy: 'memory',
          elem: ['10.0.0.0/25', '10.0.0.128/25'].map((cidr) => nft.prefix(parseCidr(cidr))),
        },
        {
          name: 'pairs',
          type: ['ipv4_addr', 'inet_service'],
          flags: ['interval', 'timeout'],
          timeout: 3600,
          'gc-interval': 5,
          size: 100,
          elem: [
            nft.element(nft.concat(nft.prefix(parseCidr('10.0.0.0/8')), nft.range(80, 90)), {
              timeout: 1800,
              comment: 'the web',
            }),
          ],
        },
        {
          name: 'counted',
          type: 'ipv6_addr',
          stmt: [nft.counter],
          elem: ['fd00::1'],
        },
        { name: 'links', type: 'ifname', elem: ['eth0', 'eth1'] },
      ],
      maps: [
        {
          name: 'backends',
          type: 'inet_service',
          map: 'ipv4_addr',
          elem: [[80, '10.0.0.1']],
        },
        {
          name: 'fates',
          type: 'ipv4_addr',
          map: 'verdict',
          flags: ['interval'],
          elem: [
            [nft.prefix(parseCidr('10.1.0.0/16')), nft.jump('side')],
            [nft.element('10.2.0.1', { comment: 'the gate' }), nft.drop],
          ],
        },
      ],
      chains: [{ name: 'side' }],
    };
    await nftables.run(nft.replaceTable(content));
    const lines = told(host);
    for (const line of [
      'policy memory',
      'elements = { 10.0.0.0/25, 10.0.0.128/25 }',
      'type ipv4_addr . inet_service',
      'size 100',
      'flags interval,timeout',
      'timeout 1h',
      'gc-interval 5s',
      'counter',
      'elements = { fd00::1 counter packets 0 bytes 0 }',
      'elements = { "eth0",',
      'type inet_service : ipv4_addr',
      'elements = { 80 : 10.0.0.1 }',
      'type ipv4_addr : verdict',
    ]) {
      expect(lines).toContain(line);
    }
    const text = lines.join(' ');
    expect(text).toMatch(/10\.0\.0\.0\/8 \. 80-90 timeout 30m expires \S+ comment "the web"/);
    expect(text).toMatch(/10\.1\.0\.0\/16 : jump side, 10\.2\.0\.1 comment "the gate" : drop/);
    expect(await nftables.listSet({ ...inTable, name: 'counted' })).toEqual(
      (listed(host, 'set', 'inet', 'shop', 'counted')[0] as { set: unknown }).set,
    );
    expect(await nftables.listMap({ ...inTable, name: 'backends' })).toMatchObject({
      map: 'ipv4_addr',
      elem: [[80, '10.0.0.1']],
    });
  });

  it('refuse overlapping intervals, and take none of them', async () => {
    using host = throwawayNamespace();
    using nftables = openNftables({ netns: host.netns });
    const set = { ...inTable, name: 'pods', type: 'ipv4_addr', flags: ['interval'] } as const;
    await nftables.run([
      ...nft.emptyTable({ family: 'inet', name: 'shop' }),
      { add: { set: { ...set, elem: [nft.prefix(parseCidr('10.0.0.0/8'))] } } },
    ]);
    const elem = [nft.prefix(parseCidr('192.168.0.0/16')), nft.prefix(parseCidr('10.9.0.0/16'))];
    await expect(
      nftables.run([{ add: { element: { ...inTable, name: 'pods', elem } } }]),
    ).rejects.toMatchObject({ code: 'NFTABLES', kernelText: expect.stringContaining('overlap') });
    expect(told(host)).toContain('elements = { 10.0.0.0/8 }');
  });
});

describe('chains', () => {
  it('hang at every hook of their family', async () => {
    using host = throwawayNamespace();
    using nftables = openNftables({ netns: host.netns });
    const base = (
      family: 'inet' | 'netdev' | 'arp' | 'bridge',
      hook: 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting' | 'ingress' | 'egress',
      dev?: string,
    ): NftCommand => ({
      add: {
        chain: {
          family,
          table: 't',
          name: hook,
          type: 'filter',
          hook,
          prio: nft.priorities.mangle,
          ...(dev && { dev }),
        },
      },
    });
    const all = ['prerouting', 'input', 'forward', 'output', 'postrouting'] as const;
    await nftables.run([
      ...(['inet', 'netdev', 'arp', 'bridge'] as const).flatMap((family) =>
        nft.emptyTable({ family, name: 't' }),
      ),
      ...all.map((hook) => base('inet', hook)),
      ...all.map((hook) => base('bridge', hook)),
      base('arp', 'input'),
      base('arp', 'output'),
      base('inet', 'ingress', 'lo'),
      base('netdev', 'ingress', 'lo'),
      base('netdev', 'egress', 'lo'),
    ]);
    const lines = told(host);
    const lead = 'type filter hook';
    for (const hook of all) {
      const both = lines.filter((line) => line.startsWith(`${lead} ${hook} priority mangle;`));
      expect(both.length, hook).toBeGreaterThan(0);
    }
    expect(lines.filter((line) => line.startsWith(`${lead} ingress device "lo"`))).toHaveLength(2);
    expect(lines.filter((line) => line.startsWith(`${lead} egress device "lo"`))).toHaveLength(1);
    expect(listed(host, 'chains')).toHaveLength(15);
    expect((await nftables.listRuleset('bridge')).length).toBe(6);
  });
});

describe('commands', () => {
  it('put a rule first, last, before, behind and in the place of another', async () => {
    using host = throwawayNamespace();
    using nftables = openNftables({ netns: host.netns });
    const side = { ...inTable, chain: 'side' };
    const marked = (mark: number) => [nft.mangle(nft.meta('mark'), mark)];
    const marks = (): string[] =>
      host.exec('nft', 'list', 'ruleset').match(/(?<=0x0000000)\d/g) ?? [];
    await nftables.run(
      nft.replaceTable({
        family: 'inet',
        name: 'shop',
        chains: [{ name: 'side', rules: [marked(1), { expr: marked(2), comment: 'second' }] }],
      }),
    );
    const rules = (await nftables.listChain({ ...inTable, name: 'side' })) ?? [];
    const [first, second] = rules.flatMap((o) => ('rule' in o ? [o.rule.handle ?? 0] : []));
    if (!first || !second) throw new Error('both rules have handles');
    await nftables.run([{ add: { rule: { ...side, index: 0, expr: marked(4) } } }]);
    expect(marks()).toEqual(['1', '4', '2']);
    await nftables.run([
      { insert: { rule: { ...side, expr: marked(3) } } },
      { insert: { rule: { ...side, handle: first, expr: marked(5) } } },
      { replace: { rule: { ...side, handle: second, expr: marked(6) } } },
      { add: { rule: { ...side, expr: marked(7) } } },
    ]);
    expect(marks()).toEqual(['3', '5', '1', '4', '6', '7']);
    await nftables.run([{ delete: { rule: { ...side, handle: first } } }]);
    expect(marks()).toEqual(['3', '5', '4', '6', '7']);
  });

  it('create, rename, empty and delete, by name and by handle', async () => {
    using host = throwawayNamespace();
    using nftables = openNftables({ netns: host.netns });
    const chain = { ...inTable, name: 'one' };
    const set = { ...inTable, name: 'ports', type: 'inet_service', elem: [80] } as const;
    await nftables.run([
      { create: { table: { family: 'inet', name: 'shop' } } },
      { create: { chain } },
      { create: { set } },
      { add: { rule: { ...inTable, chain: 'one', expr: [nft.accept] } } },
    ]);
    await expect(nftables.run([{ create: { chain } }])).rejects.toMatchObject({
      code: 'NFTABLES',
      errno: 17,
    });
    await nftables.run([{ add: { chain } }, { rename: { chain: { ...chain, newname: 'two' } } }]);
    expect(told(host)).toContain('chain two {');
    await nftables.run([
      { flush: { chain: { ...inTable, name: 'two' } } },
      { flush: { set: { ...inTable, name: 'ports' } } },
    ]);
    expect(told(host).join(' ')).not.toMatch(/accept|elements/);
    const handle = (await nftables.listSet({ ...inTable, name: 'ports' }))?.handle ?? 0;
    await nftables.run([
      { delete: { set: { ...inTable, handle } } },
      { delete: { chain: { ...inTable, name: 'two' } } },
    ]);
    expect(told(host).join(' ').trim()).toBe('table inet shop { }');
    await expect(nftables.run([{ delete: { chain } }])).rejects.toMatchObject({ errno: 2 });
    await nftables.run([{ flush: { ruleset: null } }]);
    expect(host.exec('nft', 'list', 'ruleset')).toBe('');
  });
});
