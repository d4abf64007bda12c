import { comparePod, readPod } from './check.js';
import { identityOf } from './netns.js';
import { podAddresses } from './plan.js';
import type { PodHandles } from './pod-handles.js';
import { podRoutes } from './pod-routes.js';
import type { AttachmentRecord } from './record.js';

/** What a call comes with that earlier ones are compared to. */
export interface Latecomer {
  readonly pod: PodHandles;
  /** Process id of the plugin that asks; 0 when that is not known. */
  readonly callerPid: number;
}

/** Tells whether one of these interfaces is there: they may be those of a namespace that has gone, and whose numbers this one has got. */
export async function areThere(
  others: readonly AttachmentRecord[],
  pod: PodHandles,
): Promise<boolean> {
  const links = await pod.netlink.link.list();
  return others.some((other) => links.some(({ name }) => name === other.ifname));
}

/**
 * Tells whether an attachment is what this very call has made already: the daemon went away before it could answer, and the plugin
 * asks again. All of the pod's end must be there: the kernel's work may have been cut off.
 */
export async function isSameCall(
  record: AttachmentRecord,
  { pod, callerPid }: Latecomer,
): Promise<boolean> {
  const { device, inode } = identityOf(pod.netns);
  const same =
    callerPid > 0 &&
    record.callerPid === callerPid &&
    record.netns.device === device &&
    record.netns.inode === inode;
  if (!same) return false;
  const { mac, mtu } = record;
  const expected = { mac, mtu, ips: podAddresses(record), routes: podRoutes(record) };
  return comparePod(record, expected, await readPod(pod.netlink)).length === 0;
}
