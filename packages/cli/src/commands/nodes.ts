import { type Node, NodeServiceService } from '@poplin/api';
import { allPages } from '../daemon/pages.js';
import { formatAge } from '../output/age.js';
import { formatTable } from '../output/table.js';
import { answer, type CommandContext, openDaemon } from './context.js';

/** `poplinctl nodes`: the nodes of the cluster. */
export async function listNodes(context: CommandContext): Promise<void> {
  using daemon = openDaemon(context);
  const pages = await allPages((pageToken) =>
    daemon.call(NodeServiceService.listNodes, { pageSize: 0, pageToken }, 'list the nodes'),
  );
  const nodes = pages.flatMap((page) => page.nodes);
  answer(context, { nodes }, () => formatNodes(nodes, Date.now()));
}

/** Nodes as a table; a star marks the one that answers. */
export function formatNodes(nodes: readonly Node[], nowMs: number): string {
  return formatTable(
    [
      { title: 'NODE' },
      { title: 'ALIVE' },
      { title: 'ADDRESSES' },
      { title: 'BACKEND' },
      { title: 'BLOCKS' },
      { title: 'VERSION' },
      { title: 'AGE', align: 'right' },
    ],
    nodes.map((node) => [
      node.self ? `${node.name}*` : node.name,
      node.alive ? 'yes' : 'no',
      node.addresses.join(','),
      node.backend || 'none',
      node.blocks.join(','),
      node.version,
      formatAge(node.createdAt, nowMs),
    ]),
  );
}
