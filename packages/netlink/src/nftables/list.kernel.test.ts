import { describe, expect, it } from 'vitest';
import { throwawayNamespace } from '../../test-support/throwaway-namespaces.js';
import * as nft from './builder.js';
import { openNftables } from './nftables.js';

describe('listing', () => {
  it('tells what nft made: tables, chains, sets and maps by name, and nothing of what is not there', async () => {
    using host = throwawayNamespace();
    using nftables = openNftables({ netns: host.netns });
    host.exec(
      'nft',
      `table ip one { set s { type inet_service; elements = { 80, 443 }; }; chain c { tcp dport @s accept; }; }
       table ip6 two { map m { type inet_service : verdict; elements = { 22 : drop }; }; }`,
    );
    expect(await nftables.listTables()).toMatchObject([
      { family: 'ip', name: 'one' },
      { family: 'ip6', name: 'two' },
    ]);
    expect(await nftables.listTables('ip6')).toMatchObject([{ name: 'two' }]);
    expect(await nftables.listTables('bridge')).toEqual([]);
    host.exec('nft', 'add chain ip6 two f { type filter hook forward priority 0; policy drop; }');
    expect(await nftables.listChains()).toMatchObject([
      { family: 'ip', table: 'one', name: 'c' },
      { family: 'ip6', table: 'two', name: 'f', hook: 'forward', policy: 'drop' },
    ]);
    expect(await nftables.listChains('ip')).toMatchObject([{ name: 'c' }]);
    const one = { family: 'ip', table: 'one' } as const;
    const two = { family: 'ip6', table: 'two' } as const;
    expect(await nftables.listChain({ ...one, name: 'c' })).toMatchObject([
      { chain: { name: 'c' } },
      { rule: { expr: [nft.match(nft.payload('tcp', 'dport'), '==', '@s'), nft.accept] } },
    ]);
    expect(await nftables.listSet({ ...one, name: 's' })).toMatchObject({ elem: [80, 443] });
    expect(await nftables.listMap({ ...two, name: 'm' })).toMatchObject({ elem: [[22, nft.drop]] });
    for (const place of [
      one,
      { ...one, table: 'none' },
      { family: 'netdev', table: 'one' } as const,
    ]) {
      const none = { ...place, name: 'none' };
      expect(await nftables.listChain(none)).toBeUndefined();
      expect(await nftables.listSet(none)).toBeUndefined();
      expect(await nftables.listMap(none)).toBeUndefined();
    }
    expect(await nftables.listSet({ ...two, name: 'm' })).toBeUndefined();
    expect(await nftables.list({ family: 'ip', name: 'two' })).toBeUndefined();
  });

  it('says that a table was not there, also when it comes right after', async () => {
    using host = throwawayNamespace();
    using nftables = openNftables({ netns: host.netns });
    const table = { family: 'inet', name: 'shop' } as const;
    const [before, , after] = await Promise.all([
      nftables.list(table),
      nftables.run(nft.emptyTable(table)),
      nftables.list(table),
    ]);
    expect(before).toBeUndefined();
    expect(after).toHaveLength(1);
  });

  it('does not mix two namespaces', async () => {
    using left = throwawayNamespace();
    using right = throwawayNamespace();
    using first = openNftables({ netns: left.netns });
    using second = openNftables({ netns: right.netns });
    await Promise.all(
      ['a', 'b', 'c', 'd'].flatMap((name) => [
        first.run(nft.emptyTable({ family: 'ip', name: `left-${name}` })),
        second.run(nft.emptyTable({ family: 'ip', name: `right-${name}` })),
      ]),
    );
    const names = (text: string): string[] => text.match(/(?<=table ip )\S+/g) ?? [];
    expect(names(left.exec('nft', 'list', 'tables'))).toEqual([
      'left-a',
      'left-b',
      'left-c',
      'left-d',
    ]);
    expect((await second.listTables()).map(({ name }) => name)).toEqual(
      names(right.exec('nft', 'list', 'tables')),
    );
  });
});
