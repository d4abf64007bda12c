import { NodeServiceService, type Peer } from '@poplin/api';
import { allPages } from '../daemon/pages.js';
import { formatPairs, formatTable } from '../output/table.js';
import { answer, type CommandContext, openDaemon } from './context.js';

/** `poplinctl peers`: the other nodes, and how this one reaches their pods. */
export async function listPeers(context: CommandContext): Promise<void> {
  using daemon = openDaemon(context);
  const pages = await allPages((pageToken) =>
    daemon.call(NodeServiceService.listPeers, { pageSize: 0, pageToken }, 'list the peers'),
  );
  const peers = pages.flatMap((page) => page.peers);
  answer(context, { peers }, () => formatPeers(peers));
}

/** Peers as a table, a line per way; what is wrong with them below it. */
export function formatPeers(peers: readonly Peer[]): string {
  const table = formatTable(
    [
      { title: 'PEER' },
      { title: 'ALIVE' },
      { title: 'ADDRESSES' },
      { title: 'BACKEND' },
      { title: 'WAY' },
      { title: 'MTU', align: 'right' },
      { title: 'PATH' },
      { title: 'BLOCKS' },
    ],
    peers.flatMap(rowsOf),
  );
  const wrong = peers.flatMap(({ name, refusals, checks }) => [
    ...refusals.map((why): [string, string] => [name, why]),
    ...checks
      .filter(({ reason }) => reason !== '')
      .map(({ reason }): [string, string] => [name, reason]),
  ]);
  return wrong.length === 0 ? table : `${table}\n${formatPairs(wrong)}`;
}

function rowsOf(peer: Peer): string[][] {
  const { name, alive, addresses, backend, blocks, paths } = peer;
  const facts = [name, alive ? 'yes' : 'no', addresses.join(','), backend];
  if (paths.length === 0) return [[...facts, '', '', '', blocks.join(',')]];
  return paths.map(({ family, link, nextHop, mtu }, line) => [
    ...(line === 0 ? facts : [name, '', '', '']),
    nextHop === '' ? `dev ${link}` : `via ${nextHop} dev ${link}`,
    mtu === 0 ? '' : String(mtu),
    verdictOf(peer, family),
    blocks.filter((block) => block.includes(':') === (family === 'ipv6')).join(','),
  ]);
}

/** The worst of what was found in a family. */
function verdictOf({ checks }: Peer, family: string): string {
  const found = checks.filter((check) => check.family === family).map(({ verdict }) => verdict);
  return ['fails', 'unknown', 'pending', 'works'].find((one) => found.includes(one)) ?? '';
}
