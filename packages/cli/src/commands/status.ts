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
    ['Backend', status.backend],
    ['Attach mode', status.attachMode],
    ['Underlay', `${status.interface} ${status.addresses.join(', ')}`.trim()],
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
