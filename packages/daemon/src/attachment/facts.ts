import type { AttachmentRecord } from './record.js';

/** What the log is told of an attachment. */
export function factsOf(record: AttachmentRecord) {
  return {
    pod: record.pod,
    containerId: record.containerId.slice(0, 12),
    ifname: record.ifname,
    ip: addressText(record),
    link: record.hostLink,
  };
}

/** The pod of an attachment, for messages. */
export function ownerText({ pod, containerId }: AttachmentRecord): string {
  return `${pod === undefined ? '' : `pod ${pod}, `}container ${containerId.slice(0, 12)}`;
}

/** The addresses of an attachment, for messages. */
export function addressText({ addresses }: AttachmentRecord): string {
  return addresses.map(({ ip }) => ip).join(', ');
}
