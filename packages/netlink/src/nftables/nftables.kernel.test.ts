import { parseCidr } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import {
  type ThrowawayNamespace,
  throwawayNamespace,
} from '../../test-support/throwaway-namespaces.js';
import * as nft from './builder.js';
import { openNftables } from './nftables.js';
import type { NftCommand } from './types.js';

const family = 'inet';
const table = { family, name: 'poplin' } as const;
const inTable = { family, table: 'poplin' } as const;

/** A table as a masquerading node has it, made anew whatever was there. */
function ruleset(pods: readonly string[]): NftCommand[] {
  return [
    { add: { table } },
    { delete: { table } },
    { add: { table } },
    {
      add: {
        set: {
          ...inTable,
          name: 'pods4',
          type: nft.addressType('ipv4'),
          flags: ['interval'],
          elem: pods.map((cidr) => nft.prefix(parseCidr(cidr))),
        },
      },
    },
    {
      add: {
        set: { ...inTable, name: 'pods6', type: nft.addressType('ipv6'), flags: ['interval'] },
      },
    },
    {
      add: {
        element: { ...inTable, name: 'pods6', elem: [nft.prefix(parseCidr('fd00:10:244::/56'))] },
      },
    },
    {
      add: {
        chain: {
          ...inTable,
          name: 'post',
          type: 'nat',
          hook: 'postrouting',
          prio: 100,
          policy: 'accept',
        },
      },
    },
    {
      add: {
        chain: {
          ...inTable,
          name: 'fwd',
          type: 'filter',
          hook: 'forward',
          prio: 0,
          policy: 'accept',
        },
      },
    },
    {
      add: {
        rule: {
          ...inTable,
          chain: 'post',
          comment: 'pods to the world',
          expr: [
            nft.match(nft.meta('nfproto'), '==', 'ipv4'),
            nft.match(nft.sourceAddress('ipv4'), '==', nft.inSet('pods4')),
            nft.match(nft.destinationAddress('ipv4'), '!=', nft.inSet('pods4')),
            nft.match(nft.destinationType(), '!=', 'local'),
            nft.masquerade('fully-random'),
          ],
        },
      },
    },
    {
      add: {
        rule: {
          ...inTable,
          chain: 'post',
          expr: [
            nft.match(nft.destinationAddress('ipv6'), '==', nft.prefix(parseCidr('ff00::/8'))),
            nft.returnVerdict,
          ],
        },
      },
    },
    { add: { rule: { ...inTable, chain: 'post', expr: [nft.masquerade()] } } },
    {
      add: {
        rule: {
          ...inTable,
          chain: 'fwd',
          expr: [nft.match(nft.sourceAddress('ipv6'), '==', nft.inSet('pods6')), nft.accept],
        },
      },
    },
  ];
}

/** The table as `nft` tells it. */
function told(host: ThrowawayNamespace): string {
  return host.exec('nft', 'list', 'table', 'inet', 'poplin');
}

describe('nftables', () => {
  it('makes a table that nft reads as it was meant', async () => {
    using host = throwawayNamespace();
    using nftables = openNftables({ netns: host.netns });
    await nftables.run(ruleset(['10.244.0.0/16', '10.245.0.0/24']));
    const text = told(host);
    for (const line of [
      'elements = { 10.244.0.0/16, 10.245.0.0/24 }',
      'elements = { fd00:10:244::/56 }',
      'type nat hook postrouting priority srcnat; policy accept;',
      'type filter hook forward priority filter; policy accept;',
      'ip saddr @pods4 ip daddr != @pods4 fib daddr type != local masquerade fully-random comment "pods to the world"',
      'ip6 daddr ff00::/8 return',
      'ip6 saddr @pods6 accept',
    ]) {
      expect(text).toContain(line);
    }
  });

  it('lists what nft -j lists, without the metainfo', async () => {
    using host = throwawayNamespace();
    using nftables = openNftables({ netns: host.netns });
    expect(await nftables.list(table)).toBeUndefined();
    await nftables.run(ruleset(['10.244.0.0/16']));
    const [, ...objects] = JSON.parse(
      host.exec('nft', '-j', '-a', 'list', 'table', 'inet', 'poplin'),
    ).nftables as unknown[];
    expect(await nftables.list(table)).toEqual(objects);
    expect(await nftables.list({ family: 'ip', name: 'poplin' })).toBeUndefined();
    await nftables.run([{ delete: { table } }]);
    expect(await nftables.list(table)).toBeUndefined();
  });

  it('replaces a table in one transaction, or not at all', async () => {
    using host = throwawayNamespace();
    using nftables = openNftables({ netns: host.netns });
    await nftables.run(ruleset(['10.244.0.0/16']));
    await nftables.run(ruleset(['10.99.0.0/16']));
    expect(told(host)).toContain('10.99.0.0/16');
    expect(told(host)).not.toContain('10.244.0.0/16');
    const before = host.exec('nft', '-a', 'list', 'ruleset');
    const broken: NftCommand[] = [
      ...ruleset(['10.1.0.0/16']),
      { add: { rule: { ...inTable, chain: 'no-such-chain', expr: [nft.accept] } } },
    ];
    await expect(nftables.run(broken)).rejects.toThrow(
      expect.objectContaining({
        code: 'NFTABLES',
        errno: 2,
        kernelText: expect.stringContaining('No such file or directory'),
      }),
    );
    expect(host.exec('nft', '-a', 'list', 'ruleset')).toBe(before);
    await nftables.run(ruleset(['10.2.0.0/16']));
    expect(told(host)).toContain('10.2.0.0/16');
  });

  it('changes set elements alone and survives many transactions', async () => {
    using host = throwawayNamespace();
    using nftables = openNftables({ netns: host.netns });
    await nftables.run(ruleset([]));
    const elem = [nft.prefix(parseCidr('10.3.0.0/24'))];
    for (let i = 0; i < 20; i++) {
      await nftables.run([{ add: { element: { ...inTable, name: 'pods4', elem } } }]);
      expect(told(host)).toContain('10.3.0.0/24');
      await nftables.run([{ delete: { element: { ...inTable, name: 'pods4', elem } } }]);
    }
    expect(told(host)).not.toContain('10.3.0.0/24');
  });

  it('keeps the order of what is not awaited, and carries out what came before disposal', async () => {
    using host = throwawayNamespace();
    const nftables = openNftables({ netns: host.netns });
    const results = Promise.all([
      nftables.run(ruleset(['10.1.0.0/16'])),
      nftables.list(table),
      nftables.run([{ delete: { table } }]),
      nftables.list(table),
    ]);
    nftables[Symbol.dispose]();
    const [, there, , gone] = await results;
    expect(JSON.stringify(there)).toContain('10.1.0.0');
    expect(gone).toBeUndefined();
  });

  it('says CLOSED after disposal', async () => {
    using host = throwawayNamespace();
    const nftables = openNftables({ netns: host.netns });
    nftables[Symbol.dispose]();
    nftables[Symbol.dispose]();
    await expect(nftables.list(table)).rejects.toMatchObject({ code: 'CLOSED' });
  });
});
