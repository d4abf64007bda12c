import { expect, it } from 'vitest';
import { throwawayNamespace } from '../../../test-support/throwaway-namespaces.js';
import * as nft from '../builder.js';
import { openNftables } from '../nftables.js';

it('counters, limits and quotas with names are what nft tells, and rules use them', async () => {
  using host = throwawayNamespace();
  using nftables = openNftables({ netns: host.netns });
  const inTable = { family: 'inet', table: 'shop' } as const;
  await nftables.run([
    ...nft.emptyTable({ family: 'inet', name: 'shop' }),
    { add: { counter: { ...inTable, name: 'seen', packets: 3, bytes: 2 ** 52 } } },
    { add: { limit: { ...inTable, name: 'slow', rate: 5, per: 'minute', burst: 9 } } },
    { add: { quota: { ...inTable, name: 'month', bytes: 5 * 2 ** 20, inv: true } } },
    { add: { chain: { ...inTable, name: 'c' } } },
    {
      add: {
        rule: {
          ...inTable,
          chain: 'c',
          expr: [nft.namedLimit('slow'), { quota: 'month' }, nft.namedCounter('seen'), nft.drop],
        },
      },
    },
  ]);
  const lines = host.exec('nft', 'list', 'ruleset').split('\n');
  for (const line of [
    'packets 3 bytes 4503599627370496',
    'rate 5/minute burst 9 packets',
    'over 5 mbytes',
    'limit name "slow" quota name "month" counter name "seen" drop',
  ]) {
    expect(lines.map((text) => text.trim())).toContain(line);
  }
  expect(await nftables.list({ family: 'inet', name: 'shop' })).toContainEqual({
    counter: expect.objectContaining({ name: 'seen', packets: 3, bytes: 2 ** 52 }),
  });
  await nftables.run([
    { flush: { chain: { ...inTable, name: 'c' } } },
    { delete: { counter: { ...inTable, name: 'seen' } } },
    { delete: { limit: { ...inTable, name: 'slow' } } },
    { delete: { quota: { ...inTable, name: 'month' } } },
  ]);
  expect(host.exec('nft', 'list', 'ruleset')).not.toMatch(/seen|slow|month/);
});
