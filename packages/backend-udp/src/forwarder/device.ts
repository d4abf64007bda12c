import { isPoplinError } from '@poplin/net';
import { type Netns, openTun, type Tun } from '@poplin/netlink';
import { UdpBackendError } from '../error.js';

/**
 * Opens the TUN device. It persists: when the daemon ends, the link stays with its routes, drops what comes, and is taken over by the next start.
 *
 * @param netns - the namespace of the link, by default that of the calling thread.
 * @throws {UdpBackendError} DEVICE_TAKEN, NO_TUN.
 * @throws {NetlinkError} EPERM and others of the kernel's.
 */
export async function openDevice(name: string, netns?: Netns): Promise<Tun> {
  try {
    return await openTun({ name, persist: true, ...(netns && { netns }) });
  } catch (cause) {
    throw explain(name, cause);
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
