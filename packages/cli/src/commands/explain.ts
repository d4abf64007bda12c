import { type ExplainRouteResponse, NodeServiceService } from '@poplin/api';
import { formatPairs } from '../output/table.js';
import { answer, type CommandContext, openDaemon } from './context.js';

/** Number of the main routing table (RT_TABLE_MAIN), which ip-route(8) does not name either. */
const mainTable = 254;

/** `poplinctl explain route IP`: which route of Poplin's leads to an address. */
export async function explainRoute(context: CommandContext, ip: string): Promise<void> {
  using daemon = openDaemon(context);
  const response = await daemon.call(
    NodeServiceService.explainRoute,
    { ip },
    `explain the route to ${ip}`,
  );
  answer(context, response, () => formatExplanation(ip, response));
}

/** The route in the words of ip-route(8), and what it is there for. */
export function formatExplanation(ip: string, { route, reason }: ExplainRouteResponse): string {
  if (!route)
    return formatPairs([
      ['Address', ip],
      ['Route', "none of Poplin's"],
      ['Reason', reason],
    ]);
  const { dst, type, nextHop, link, source, mtu, table, peer, backend, pod } = route;
  const words = [
    ...(type === 'unicast' ? [dst] : [type, dst]),
    ...(nextHop === '' ? [] : ['via', nextHop]),
    ...(link === '' ? [] : ['dev', link]),
    ...(source === '' ? [] : ['src', source]),
    ...(mtu === 0 ? [] : ['mtu', String(mtu)]),
    ...(table === mainTable ? [] : ['table', String(table)]),
  ];
  const owners: [string, string][] = [
    ['Peer', peer],
    ['Backend', backend],
    ['Pod', pod],
  ];
  return formatPairs([
    ['Address', ip],
    ['Route', words.join(' ')],
    ['Reason', reason],
    ...owners.filter(([, value]) => value !== ''),
  ]);
}
