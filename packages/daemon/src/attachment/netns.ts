import { currentNetns, NetlinkError, type Netns, openNetns, sameNetns } from '@poplin/netlink';
import { AttachmentError } from './error.js';
import type { CniCall } from './request.js';

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
    using own = currentNetns();
    if (sameNetns(netns, own)) {
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
