import type { Assignment } from '@poplin/ipam';
import type { Log } from '@poplin/net';
import { type Link, type Netlink, NetlinkError, openNetns } from '@poplin/netlink';
import { bootId } from './boot-id.js';
import type { EndIndexes } from './interface.js';
import type { AttachmentRecord } from './record.js';
import type { RecordStore } from './record-store.js';

/** An attachment of an earlier run. */
export interface Survivor {
  readonly record: AttachmentRecord;
  /** Its links; `undefined` when they are not there. */
  readonly ends: EndIndexes | undefined;
}

/**
 * The attachments of an earlier run that still mean something. One whose link is gone and whose namespace is
 * gone or is another one now was ended behind our back; its record is deleted, so its addresses are free.
 */
export async function findSurvivors(
  store: RecordStore,
  netlink: Netlink,
  log: Log,
): Promise<Survivor[]> {
  const links = new Map((await netlink.link.list()).map((link) => [link.name, link]));
  const survivors: Survivor[] = [];
  for (const record of store.list()) {
    if (isOfEarlierBoot(record)) {
      store.delete(record.hostLink);
      continue;
    }
    const link = links.get(record.hostLink);
    if (link || namespaceLives(record)) survivors.push({ record, ends: endsOf(link) });
    else {
      store.delete(record.hostLink);
      const { pod, containerId, addresses } = record;
      log.info({ pod, containerId, ips: addresses.map(({ ip }) => ip) }, 'pod ended while away');
    }
  }
  return survivors;
}

/** Nothing of the network outlives a reboot, whatever the file system did. */
function isOfEarlierBoot(record: AttachmentRecord): boolean {
  return record.bootId !== '' && record.bootId !== bootId();
}

function endsOf(link: Link | undefined): EndIndexes | undefined {
  return link?.peerIfindex === undefined
    ? undefined
    : { host: link.ifindex, pod: link.peerIfindex };
}

/** When in doubt the namespace lives: an address handed out twice is worse than one kept too long. */
export function namespaceLives({ netns }: AttachmentRecord): boolean {
  try {
    using now = openNetns(netns.path);
    return `${now.device}` === netns.device && `${now.inode}` === netns.inode;
  } catch (error) {
    const gone = ['ENOENT', 'NOT_A_NAMESPACE'];
    return !(error instanceof NetlinkError && gone.includes(error.code));
  }
}

/** The addresses that these attachments hold, for IPAM. */
export function assignmentsOf(survivors: readonly Survivor[]): Assignment[] {
  return survivors.flatMap(({ record: { containerId, ifname, pod, addresses } }) =>
    addresses.map((address) => ({ containerId, ifname, pod, ...address })),
  );
}
