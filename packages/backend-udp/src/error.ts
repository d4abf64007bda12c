import { PoplinError, type PoplinErrorOptions } from '@poplin/net';

/**
 * Codes of {@link UdpBackendError}:
 *
 * - `PORT_TAKEN`: another program has the UDP port
 * - `DEVICE_TAKEN`: another process has the TUN device open
 * - `NO_TUN`: there is no `/dev/net/tun`, or no TUN behind it
 */

export type UdpBackendErrorCode = 'PORT_TAKEN' | 'DEVICE_TAKEN' | 'NO_TUN';

/** What keeps the udp backend from working. */
export class UdpBackendError extends PoplinError<UdpBackendErrorCode> {
  constructor(code: UdpBackendErrorCode, message: string, options?: PoplinErrorOptions) {
    super(code, message, options);
  }
}
