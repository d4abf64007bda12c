import { type Endpoint, endpointText, socketAddress } from '../sockets/address.js';

/**
 * The bytes of a socket address, as batches have them: `struct sockaddr_in` or `sockaddr_in6`.
 *
 * @throws {NetlinkError} INVALID_ARGUMENT for a port that is none.
 */
export function socketAddressBytes(endpoint: Endpoint): Uint8Array {
  return socketAddress(`write socket address ${endpointText(endpoint)}`, endpoint);
}
