import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type Family, familyOf } from '@poplin/net';
import { socketCalls } from '../ffi/socket-calls.js';
import { anyAddress, type Endpoint, endpointText } from './address.js';
import { bindSocket, openSocket, SOCK_DGRAM } from './open.js';
import type { SocketOptions } from './options.js';

/** How to open a UDP socket. */
export interface UdpOptions extends SocketOptions {
  /** Where to bind it: by default to all addresses of the family, and a port that is free. */
  readonly local?: Partial<Endpoint>;
  /** Family, where no address says so; `ipv4` by default. */
  readonly family?: Family;
}

/**
 * Opens a UDP socket with options that `node:dgram` has no word for; bound, and as any other from then on.
 *
 * @throws {NetlinkError} EADDRINUSE, EADDRNOTAVAIL, EACCES, …; INVALID_ARGUMENT.
 */
export async function openUdp(options: UdpOptions = {}): Promise<Socket> {
  const calls = socketCalls();
  const { local = {} } = options;
  const family = local.address ? familyOf(local.address) : (options.family ?? 'ipv4');
  const endpoint: Endpoint = { address: anyAddress(family), port: 0, ...local };
  const operation = `open UDP socket at ${endpointText(endpoint)}`;
  const fd = openSocket(calls, operation, { type: SOCK_DGRAM, family }, options, (socket) =>
    bindSocket(calls, socket, operation, endpoint),
  );
  const socket = createSocket(family === 'ipv4' ? 'udp4' : 'udp6');
  const listening = once(socket, 'listening');
  socket.bind({ fd, exclusive: true });
  await listening;
  return socket;
}
