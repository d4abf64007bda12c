import type { Attachments } from '../attachment/attachments.js';
import type { AttachmentRecord } from '../attachment/record.js';
import type { AttachmentBook, AttachmentView } from '../attachment-service/book.js';

/** The attachments as AttachmentService sees them. */
export function attachmentBook(attachments: Attachments): AttachmentBook {
  return {
    list: () => attachments.list().map(viewOf),
    setBandwidth: async (key, limits) => viewOf(await attachments.setBandwidth(key, limits ?? {})),
  };
}

function viewOf(record: AttachmentRecord): AttachmentView {
  const { containerId, ifname, pod, network, addresses, mac, hostLink, mtu, createdAt } = record;
  const { netns, bandwidth, portMappings } = record;
  return {
    containerId,
    ifname,
    ...(pod !== undefined && { pod }),
    network,
    addresses: addresses.map(({ ip }) => ip),
    mac,
    hostLink,
    mtu,
    netns: netns.path,
    ...((bandwidth.ingress ?? bandwidth.egress) && { bandwidth }),
    portMappings,
    createdAt,
  };
}
