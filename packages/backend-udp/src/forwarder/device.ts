import { isPoplinError } from '@poplin/net';
import { type Netns, openNetlink, openTun, type Tun } from '@poplin/netlink';
import { UdpBackendError } from '../error.js';

/** Packets that wait while the thread is busy: what comes in 10 ms at 100,000 per second. Twice the kernel's own. */
const QUEUE_LENGTH = 1000;

/**
 * Opens the TUN device. It persists: when the daemon ends, the link stays with its routes, drops what comes, and is taken over by the next start.
 *
 * @param netns - the namespace of the link, by default that of the calling thread.
 * @throws {UdpBackendError} DEVICE_TAKEN, NO_TUN.
 * @throws {NetlinkError} EPERM and others of the kernel's.
 */
export async function openDevice(name: string, netns?: Netns): Promise<Tun> {
  const tun = await openTun({ name, persist: true, ...(netns && { netns }) }).catch(
    (cause: unknown) => {
      throw explain(name, cause);
    },
  );
  try {
    await prepare(name, netns);
    return tun;
  } catch (error) {
    tun[Symbol.dispose]();
    throw error;
  }
}

/** Sets what no plan can say. */
async function prepare(name: string, netns?: Netns): Promise<void> {
  using netlink = openNetlink(netns && { netns });
  await netlink.link.set({ name }, { txQueueLength: QUEUE_LENGTH });
  try {
    // A tunnel has no address: nobody could answer to what a link-local one sends.
    await netlink.link.set({ name }, { addrGenMode: 'none' });
  } catch (error) {
    // A kernel without IPv6 gives it none anyway.
    if (!isPoplinError(error) || error.code !== 'EAFNOSUPPORT') throw error;
  }
}

function explain(name: string, cause: unknown): unknown {
  if (!isPoplinError(cause)) return cause;
  if (cause.code === 'EBUSY') {
    return new UdpBackendError(
      'DEVICE_TAKEN',
      `TUN device ${name} is open in another process, perhaps a daemon that is about to end`,
      {
        cause,
        retryable: true,
        remedy: `Who has it: grep -l 'iff:.*${name}' /proc/[0-9]*/fdinfo/*`,
      },
    );
  }
  if (cause.code === 'ENOENT' || cause.code === 'ENODEV' || cause.code === 'ENXIO') {
    return new UdpBackendError('NO_TUN', `/dev/net/tun cannot be opened (${cause.code})`, {
      cause,
      remedy: 'Load the module (modprobe tun); a container needs the device /dev/net/tun',
    });
  }
  return cause;
}
