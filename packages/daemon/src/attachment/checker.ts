import type { Ipam } from '@poplin/ipam';
import { openNetlink } from '@poplin/netlink';
import type { Reconciler } from '@poplin/reconciler';
import { type CniCall, compareWithResult, parseCheckCall } from '../cni/index.js';
import { owners, sharedOwners } from '../kernel-owners.js';
import { asAnswered, sinceAnswered } from './answered.js';
import type { Attachments } from './attachments.js';
import { compareHostEnd, comparePod, readPod } from './check.js';
import { AttachmentError } from './error.js';
import { identityOf, openContainerNetns } from './netns.js';
import { podAddresses } from './plan.js';
import { podRoutes } from './pod-routes.js';
import type { AttachmentRecord } from './record.js';
import { unknownAttachment } from './refusals.js';

/** What {@link checkAttachment} looks at. */
export interface CheckComponents {
  readonly attachments: Attachments;
  readonly reconciler: Reconciler;
  readonly ipam: Ipam;
}

/**
 * CNI CHECK: compares the runtime's account (`prevResult`), the record, IPAM and the kernel. What a later plugin of the
 * chain changed and told in its result is right.
 *
 * @throws {CniCallError} when the call cannot be served as it is.
 * @throws {AttachmentError} UNKNOWN_ATTACHMENT; ATTACHMENT_DAMAGED with everything that differs; NETNS_UNUSABLE.
 * @throws {NetlinkError} when the kernel cannot be read.
 */
export async function checkAttachment(parts: CheckComponents, call: CniCall): Promise<void> {
  const check = parseCheckCall(call);
  const record = parts.attachments.get(check);
  if (!record) throw unknownAttachment(check);
  using netns = openContainerNetns(call);
  const now = identityOf(netns);
  const moved = now.inode !== record.netns.inode || now.device !== record.netns.device;
  const answered = asAnswered(record);
  const { problems, expected } = compareWithResult(check.previous, {
    ifname: record.ifname,
    sandboxes: [record.netns.path, check.netnsPath],
    mac: record.mac,
    mtu: answered.mtu,
    ips: podAddresses(record),
    routes: podRoutes(answered),
  });
  using pod = openNetlink({ netns });
  const { reconciler } = parts;
  const [kernel, links, host] = await Promise.all([
    readPod(pod),
    reconciler.exclusive((netlink) => netlink.link.list()),
    reconciler.compare([owners.attachment(record), ...sharedOwners]),
  ]);
  const damage = [
    ...(moved ? ['the container has another network namespace than at ADD'] : []),
    ...problems,
    ...comparePod(record, sinceAnswered(record, expected), kernel),
    ...compareHostEnd(record, links),
    ...host,
    ...unassigned(record, parts.ipam),
  ];
  if (damage.length === 0) return;
  throw new AttachmentError(
    'ATTACHMENT_DAMAGED',
    `container ${record.containerId}, interface ${record.ifname}: ${damage.join('; ')}`,
    { remedy: 'Recreate the pod' },
  );
}

function unassigned({ containerId, ifname, addresses }: AttachmentRecord, ipam: Ipam): string[] {
  const held = new Set(
    ipam
      .assignments()
      .filter((one) => one.containerId === containerId && one.ifname === ifname)
      .map(({ ip }) => ip),
  );
  return addresses
    .filter(({ ip }) => !held.has(ip))
    .map(({ ip }) => `address ${ip} is not assigned to it`);
}
