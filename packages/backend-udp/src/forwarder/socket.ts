import { type Ip, isPoplinError } from '@poplin/net';
import type { Netns } from '@poplin/netlink';
import { openDatagramSocket, type PacketSocket } from '@poplin/netlink/packets';
import { UdpBackendError } from '../error.js';

/** Bytes that may wait in a socket. Some 3000 packets: what comes in 30 ms at 100,000 packets per second. */
const BUFFER_SIZE = 4 << 20;

/** How long the thread waits for the interface to take what it has sent, ms. Meanwhile packets wait in the queue of the TUN device. */
const SEND_TIMEOUT_MS = 100;

/**
 * Opens the UDP socket at an address of the underlay. Peers know this node by the address, so all that it sends comes from there; the
 * address need not be there yet.
 *
 * @throws {UdpBackendError} PORT_TAKEN.
 * @throws {NetlinkError} EPERM and others of the kernel's.
 */
export function openUnderlaySocket(address: Ip, port: number, netns?: Netns): PacketSocket {
  try {
    return openDatagramSocket({
      local: { address, port },
      freeBind: true,
      bufferSize: BUFFER_SIZE,
      sendTimeout: SEND_TIMEOUT_MS,
      ...(netns && { netns }),
    });
  } catch (cause) {
    if (!isPoplinError(cause) || cause.code !== 'EADDRINUSE') throw cause;
    throw new UdpBackendError('PORT_TAKEN', `UDP port ${port} of ${address} is taken`, {
      cause,
      retryable: true,
      remedy: `Stop the program that has it (ss -lunp sport = :${port} names it), or give the backend another port: options: { port: … }`,
    });
  }
}
