import { Attachment, Bandwidth, PortMapping } from '@poplin/api';
import type { AttachmentView } from '../attachment-service/book.js';
import type { BandwidthLimits } from '../cni/index.js';
import { timestampOf } from './timestamp.js';

/** An attachment as the API tells it. */
export function attachmentMessage(view: AttachmentView): Attachment {
  const { pod, bandwidth, portMappings, createdAt, addresses, ...rest } = view;
  return Attachment.create({
    ...rest,
    pod: pod ?? '',
    addresses: [...addresses],
    bandwidth: bandwidth && bandwidthMessage(bandwidth),
    portMappings: portMappings.map(({ hostIp, ...ports }) =>
      PortMapping.create({ ...ports, hostIp: hostIp ?? '' }),
    ),
    createdAt: timestampOf(createdAt),
  });
}

/** Limits as they were asked for, not the bursts that follow from them. */
function bandwidthMessage({ ingress, egress }: BandwidthLimits): Bandwidth {
  return Bandwidth.create({
    ingressRate: BigInt(ingress?.rate ?? 0),
    ingressBurst: BigInt(ingress?.burst ?? 0),
    egressRate: BigInt(egress?.rate ?? 0),
    egressBurst: BigInt(egress?.burst ?? 0),
  });
}
