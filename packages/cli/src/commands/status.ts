import { type GetStatusResponse, NodeServiceService } from '@poplin/api';
import { formatAge } from '../output/age.js';
import { formatPairs } from '../output/table.js';
import { answer, type CommandContext, openDaemon } from './context.js';

/** `poplinctl status`: how the daemon of this node is. */
export async function showStatus(context: CommandContext): Promise<void> {
  using daemon = openDaemon(context);
  const response = await daemon.call(NodeServiceService.getStatus, {}, 'read the status');
  answer(context, response, () => formatStatus(response, Date.now()));
}

/** The status for a person: one fact per line, what is wrong last. */
export function formatStatus(status: GetStatusResponse, nowMs: number): string {
  const { registry } = status;
  const kind = registry?.kind ?? 'unknown';
  const state = registry?.connected ? `connected, revision ${registry.revision}` : 'not connected';
  const facts: [string, string][] = [
    ['Node', status.nodeName],
    ['Ready', status.ready ? 'yes' : 'no'],
    ['Daemon', `${status.version}, pid ${status.pid}, up ${formatAge(status.startedAt, nowMs)}`],
    ['Registry', `${kind} (${state}) ${registry?.endpoints.join(', ') ?? ''}`.trimEnd()],
    ...backendFacts(status),
    ...counterFacts(status),
    ['Attach mode', status.attachMode],
    ['Underlay', underlayFact(status)],
    ['Pod MTU', String(status.podMtu)],
    ['Pods', String(status.attachments)],
    ['Blocks', status.blocks.join(', ')],
    ['Peers', String(status.peers)],
  ];
  const problems = status.problems.length > 0 ? status.problems : ['none'];
  return formatPairs([
    ...facts,
    ...problems.map((problem): [string, string] => ['Problem', problem]),
  ]);
}

/** One line per backend at work, the preferred one first, with the nodes that the others wait for. */
function backendFacts({ backend, backends }: GetStatusResponse): [string, string][] {
  if (backends.length === 0) return [['Backend', backend || 'none']];
  return backends.map(({ type, preferred, linkSuffix, waitingFor }) => {
    const links = linkSuffix === '' ? '' : ` (links end in ${linkSuffix})`;
    const nodes = waitingFor.length === 0 ? 'nobody' : waitingFor.join(', ');
    return ['Backend', `${type}${links}${preferred ? '' : `, until given up; waits for ${nodes}`}`];
  });
}

/** What backends that carry packets themselves have counted: one line for each, without what never happened. */
function counterFacts({ backends }: GetStatusResponse): [string, string][] {
  return backends.flatMap(({ type, linkSuffix, counters }): [string, string][] => {
    const counted = Object.entries(counters).filter(([, count]) => count > 0n);
    const words = counted.map(([name, count]) => `${name} ${count}`);
    return words.length === 0 ? [] : [['Counted', `${type}${linkSuffix}: ${words.join(', ')}`]];
  });
}

function underlayFact({ interface: link, addresses, underlayMtu }: GetStatusResponse): string {
  const mtu = underlayMtu === 0 ? '' : `mtu ${underlayMtu}`;
  return [link, addresses.join(', '), mtu].filter((word) => word !== '').join(' ');
}
