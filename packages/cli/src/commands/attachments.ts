import {
  type Attachment,
  AttachmentServiceService,
  type Bandwidth,
  type PortMapping,
} from '@poplin/api';
import { allPages } from '../daemon/pages.js';
import { CliError } from '../error.js';
import { formatAge } from '../output/age.js';
import { formatBits } from '../output/bits.js';
import { formatTable } from '../output/table.js';
import { answer, type CommandContext, openDaemon } from './context.js';

/** Options of `poplinctl attachments limit`; rates in bits per second, bursts in bits. */
export interface LimitOptions {
  readonly ifname?: string;
  readonly ingress?: bigint;
  readonly ingressBurst?: bigint;
  readonly egress?: bigint;
  readonly egressBurst?: bigint;
  /** Take the limits away. */
  readonly none?: boolean;
}

/** `poplinctl attachments`: the interfaces of the pods of this node. */
export async function listAttachments(context: CommandContext): Promise<void> {
  using daemon = openDaemon(context);
  const pages = await allPages((pageToken) =>
    daemon.call(
      AttachmentServiceService.listAttachments,
      { pageSize: 0, pageToken },
      'list the attachments',
    ),
  );
  const attachments = pages.flatMap((page) => page.attachments);
  answer(context, { attachments }, () => formatAttachments(attachments, Date.now()));
}

/** `poplinctl attachments limit CONTAINER`: sets the limits of a live pod, or takes them away. */
export async function limitAttachment(
  context: CommandContext,
  containerId: string,
  options: LimitOptions,
): Promise<void> {
  const bandwidth = bandwidthOf(options);
  using daemon = openDaemon(context);
  const { attachment } = await daemon.call(
    AttachmentServiceService.setBandwidth,
    { containerId, ifname: options.ifname ?? '', bandwidth },
    `limit container ${containerId}`,
  );
  if (!attachment) throw new CliError('REFUSED', 'the daemon answered without an attachment');
  answer(context, { attachment }, () => formatAttachments([attachment], Date.now()));
}

/** Attachments as a table; of a container id as much as other tools show. */
export function formatAttachments(attachments: readonly Attachment[], nowMs: number): string {
  return formatTable(
    [
      { title: 'CONTAINER' },
      { title: 'INTERFACE' },
      { title: 'POD' },
      { title: 'ADDRESSES' },
      { title: 'HOST PORTS' },
      { title: 'INGRESS', align: 'right' },
      { title: 'EGRESS', align: 'right' },
      { title: 'AGE', align: 'right' },
    ],
    attachments.map((attachment) => [
      attachment.containerId.slice(0, 12),
      attachment.ifname,
      attachment.pod,
      attachment.addresses.join(','),
      attachment.portMappings.map(formatPort).join(','),
      formatRate(attachment.bandwidth?.ingressRate),
      formatRate(attachment.bandwidth?.egressRate),
      formatAge(attachment.createdAt, nowMs),
    ]),
  );
}

function bandwidthOf(options: LimitOptions): Bandwidth | undefined {
  const { ingress, ingressBurst, egress, egressBurst, none = false } = options;
  const limited = [ingress, ingressBurst, egress, egressBurst].some((bits) => bits !== undefined);
  if (none && limited) throw refused('--none takes all limits away: it goes with no other limit');
  if (none) return undefined;
  if (ingress === undefined && egress === undefined) {
    throw refused('give --ingress, --egress or both, or --none to take the limits away');
  }
  return {
    ingressRate: ingress ?? 0n,
    ingressBurst: ingressBurst ?? 0n,
    egressRate: egress ?? 0n,
    egressBurst: egressBurst ?? 0n,
  };
}

function refused(message: string): CliError {
  return new CliError('INVALID_ARGUMENT', message);
}

/** As other tools write it: `192.0.2.1:8080->80/tcp`. */
function formatPort({ protocol, hostIp, hostPort, containerPort }: PortMapping): string {
  const host = hostIp.includes(':') ? `[${hostIp}]:` : hostIp && `${hostIp}:`;
  return `${host}${hostPort}->${containerPort}/${protocol}`;
}

function formatRate(rate = 0n): string {
  return rate === 0n ? '' : `${formatBits(rate)}bit/s`;
}
