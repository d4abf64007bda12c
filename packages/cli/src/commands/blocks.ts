import { type Block, IpamServiceService } from '@poplin/api';
import { allPages } from '../daemon/pages.js';
import { formatAge } from '../output/age.js';
import { formatTable } from '../output/table.js';
import { answer, type CommandContext, openDaemon } from './context.js';

/** `poplinctl blocks [--node N]`: who owns which block, and how full it is. */
export async function listBlocks(context: CommandContext, node = ''): Promise<void> {
  using daemon = openDaemon(context);
  const pages = await allPages((pageToken) =>
    daemon.call(IpamServiceService.listBlocks, { node, pageSize: 0, pageToken }, 'list the blocks'),
  );
  const blocks = pages.flatMap((page) => page.blocks);
  answer(context, { blocks }, () => formatBlocks(blocks, Date.now()));
}

/** Blocks as a table. */
export function formatBlocks(blocks: readonly Block[], nowMs: number): string {
  return formatTable(
    [
      { title: 'BLOCK' },
      { title: 'NODE' },
      { title: 'POOL' },
      { title: 'IN USE', align: 'right' },
      { title: 'COOLING', align: 'right' },
      { title: 'GENERATION', align: 'right' },
      { title: 'AGE', align: 'right' },
    ],
    blocks.map((block) => [
      block.cidr,
      block.node,
      block.pool,
      `${block.inUse}/${block.capacity}`,
      String(block.cooling),
      String(block.generation),
      formatAge(block.claimedAt, nowMs),
    ]),
  );
}
