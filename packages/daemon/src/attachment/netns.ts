import {
  currentNetns,
  type Netlink,
  NetlinkError,
  type Netns,
  openNetlink,
  openNetns,
} from '@poplin/netlink';
import type { CniCall } from '../cni/index.js';
import { AttachmentError } from './error.js';
import type { AttachmentRecord } from './record.js';

/** What names a network namespace as long as it lives: the same numbers are given again afterwards. */
export interface NetnsIdentity {
  /** Device number of the nsfs instance, decimal. */
  readonly device: string;
  /** Inode number, decimal. */
  readonly inode: string;
}

/** The identity of an open namespace. */
export function identityOf(netns: Netns): NetnsIdentity {
  return { device: `${netns.device}`, inode: `${netns.inode}` };
}

/** The identity as one text. */
export function namespaceText({ device, inode }: NetnsIdentity): string {
  return `${device}/${inode}`;
}

/** The daemon never leaves its namespace, so it is looked up once. */
let host: Pick<Netns, 'device' | 'inode'> | undefined;

function hostNetns(): Pick<Netns, 'device' | 'inode'> {
  if (host) return host;
  using own = currentNetns();
  host = { device: own.device, inode: own.inode };
  return host;
}

/** What a call says about its namespace. */
export type NetnsOfCall = Pick<
  CniCall,
  'netns' | 'netnsDevice' | 'netnsInode' | 'callerPid' | 'netnsFd'
>;

/**
 * Opens the container's namespace and makes sure that it is the one that the shim saw, and not the host's. Where the daemon
 * does not see the runtime's mounts, by the descriptor that the shim holds.
 *
 * @throws {AttachmentError} NETNS_UNUSABLE, HOST_NETNS.
 */
export function openContainerNetns(call: NetnsOfCall): Netns {
  const netns = openThat(call);
  const own = hostNetns();
  if (netns.inode !== own.inode || netns.device !== own.device) return netns;
  netns[Symbol.dispose]();
  throw new AttachmentError('HOST_NETNS', `${call.netns} is the network namespace of the host`, {
    remedy: 'Pods on the host network are not attached to a CNI network',
  });
}

function openThat(call: NetnsOfCall): Netns {
  let failure: NetlinkError | undefined;
  for (const path of netnsPaths(call)) {
    try {
      const netns = openNetns(path);
      if (call.netnsInode === 0n || isThatOf(netns, call)) return netns;
      netns[Symbol.dispose]();
    } catch (error) {
      if (!(error instanceof NetlinkError)) throw error;
      failure ??= error;
    }
  }
  const why = failure?.message ?? 'it is another one for the daemon than for the runtime';
  throw new AttachmentError(
    'NETNS_UNUSABLE',
    `cannot enter network namespace ${call.netns}: ${why}`,
    {
      cause: failure,
      remedy:
        'Run poplind in the process namespace of the host (hostPID), or where it sees the mounts below /run/netns',
    },
  );
}

/**
 * Where the namespace of a call may be found: its path, where the call has one; and the shim's descriptor, as long as that waits
 * for the answer (proc(5)).
 */
export function netnsPaths({
  netns,
  callerPid,
  netnsFd,
}: Pick<NetnsOfCall, 'netns' | 'callerPid' | 'netnsFd'>): readonly string[] {
  const held = callerPid > 0 ? [`/proc/${callerPid}/fd/${netnsFd}`] : [];
  return [...(netns === '' ? [] : [netns]), ...held];
}

function isThatOf(netns: Netns, call: Pick<CniCall, 'netnsDevice' | 'netnsInode'>): boolean {
  return netns.device === call.netnsDevice && netns.inode === call.netnsInode;
}

/**
 * The namespace of an attachment, if it is still there and still the same.
 *
 * @param paths - where it may be found when the path of its record does not lead there.
 */
export function openPod(
  { netns }: Pick<AttachmentRecord, 'netns'>,
  paths: readonly string[],
): Netlink | undefined {
  for (const path of [netns.path, ...paths]) {
    try {
      using found = openNetns(path);
      const { device, inode } = identityOf(found);
      if (device === netns.device && inode === netns.inode) return openNetlink({ netns: found });
    } catch (error) {
      if (!(error instanceof NetlinkError)) throw error;
    }
  }
  return undefined;
}
