import { currentNetns, NetlinkError, type Netns, openNetns } from '@poplin/netlink';
import { AttachmentError } from './error.js';
import type { CniCall } from './request.js';

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

/** The daemon never leaves its namespace, so it is looked up once. */
let host: Pick<Netns, 'device' | 'inode'> | undefined;

function hostNetns(): Pick<Netns, 'device' | 'inode'> {
  if (host) return host;
  using own = currentNetns();
  host = { device: own.device, inode: own.inode };
  return host;
}

/**
 * Opens the container's namespace and makes sure that it is the one that the shim saw, and not the host's.
 *
 * @throws {AttachmentError} NETNS_UNUSABLE, HOST_NETNS.
 */
export function openContainerNetns(
  call: Pick<CniCall, 'netns' | 'netnsDevice' | 'netnsInode'>,
): Netns {
  const netns = openPath(call.netns);
  try {
    if (call.netnsInode !== 0n && !isThatOf(netns, call)) {
      throw new AttachmentError(
        'NETNS_UNUSABLE',
        `${call.netns} is another network namespace for the daemon than for the runtime`,
        { remedy: 'Run poplind where it sees the mounts below /run/netns as the runtime does' },
      );
    }
    const own = hostNetns();
    if (netns.inode === own.inode && netns.device === own.device) {
      throw new AttachmentError(
        'HOST_NETNS',
        `${call.netns} is the network namespace of the host`,
        {
          remedy: 'Pods on the host network are not attached to a CNI network',
        },
      );
    }
    return netns;
  } catch (error) {
    netns[Symbol.dispose]();
    throw error;
  }
}

function openPath(path: string): Netns {
  try {
    return openNetns(path);
  } catch (cause) {
    if (!(cause instanceof NetlinkError)) throw cause;
    throw new AttachmentError(
      'NETNS_UNUSABLE',
      `cannot enter network namespace: ${cause.message}`,
      {
        cause,
      },
    );
  }
}

function isThatOf(netns: Netns, call: Pick<CniCall, 'netnsDevice' | 'netnsInode'>): boolean {
  return netns.device === call.netnsDevice && netns.inode === call.netnsInode;
}
