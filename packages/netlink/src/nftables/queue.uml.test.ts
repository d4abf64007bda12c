import { expect, it } from 'vitest';
import { throwawayNamespace } from '../../test-support/throwaway-namespaces.js';
import * as nft from './builder.js';
import { openNftables } from './nftables.js';

it('hands packets to queues, as nft reads it', async () => {
  using host = throwawayNamespace();
  using nftables = openNftables({ netns: host.netns });
  const table = { family: 'bridge', name: 't' } as const;
  await nftables.run(
    nft.replaceTable({
      ...table,
      chains: [
        { name: 'c', rules: [[nft.queue(3)], [nft.queue(nft.range(1, 3), 'bypass', 'fanout')]] },
      ],
    }),
  );
  const text = host.exec('nft', 'list', 'ruleset');
  expect(text).toContain('queue to 3');
  expect(text).toContain('queue flags bypass,fanout to 1-3');
  host.exec('nft', 'table bridge u { chain c { queue num 5; }; }');
  expect(await nftables.listChain({ family: 'bridge', table: 'u', name: 'c' })).toMatchObject([
    { chain: { name: 'c' } },
    { rule: { expr: [nft.queue(5)] } },
  ]);
});
