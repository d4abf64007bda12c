import { kernelError } from '../error.js';
import { type BlockingThread, blockingThread } from '../thread/thread.js';
import { nameNetns, refuseTakenName } from './name.js';
import { type Netns, netnsOfFd } from './netns.js';

/** What a new namespace is made with. */
export interface NewNetns {
  /** Its name under `/run/netns`; without one it lives as long as its handle, and what else holds it. */
  readonly name?: string;
}

/**
 * Makes a network namespace: no link but `lo`, which is down. Same as `ip netns add NAME`, with a name; without,
 * as `unshare --net`. The handle does not delete a name; {@link removeNetns} does.
 *
 * @throws {NetlinkError} EPERM without CAP_SYS_ADMIN, EEXIST when the name is taken, ENOSPC when there are too many
 * (user.max_net_namespaces), INVALID_ARGUMENT for a bad name. Nothing is left behind.
 * @param thread who makes it, for tests: the kernel takes RTNL for it, so the event loop does not.
 */
export async function makeNetns(
  { name }: NewNetns = {},
  thread: BlockingThread = blockingThread(),
): Promise<Netns> {
  const operation = `make network namespace${name === undefined ? '' : ` ${name}`}`;
  if (name !== undefined) refuseTakenName(operation, name);
  const fd = await thread.run('makeNetns', undefined);
  if (fd < 0) throw kernelError(operation, -fd);
  const netns = netnsOfFd(fd);
  if (name === undefined) return netns;
  try {
    return nameNetns(netns, name);
  } finally {
    netns[Symbol.dispose]();
  }
}
