import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type Family, familyOf } from '@poplin/net';
import { kernelError } from '../error.js';
import { socketCalls } from '../ffi/socket-calls.js';
import { anyAddress, type Endpoint, endpointText } from './address.js';
import { bindSocket, openSocket, SOCK_DGRAM } from './open.js';
import { int, type SocketOptions } from './options.js';

/** How to open a UDP socket. */
export interface UdpOptions extends SocketOptions {
  /** Where to bind it: by default to all addresses of the family, and a port that is free. */
  readonly local?: Partial<Endpoint>;
  /** Family, where no address says so; `ipv4` by default. */
  readonly family?: Family;
  /**
   * True to send without a checksum, which UDP over IPv4 allows (RFC 768), and to take such packets over IPv6 (RFC 6935); what has one
   * is checked all the same (SO_NO_CHECK, UDP_NO_CHECK6_TX, UDP_NO_CHECK6_RX).
   */
  readonly noChecksum?: boolean;
  /** True to take packets without a checksum over IPv6, and to send with one (UDP_NO_CHECK6_RX). IPv4 always takes them. */
  readonly takeNoChecksum?: boolean;
}

const SOL_SOCKET = 1;
const SO_NO_CHECK = 11;
const IPPROTO_UDP = 17;
const UDP_NO_CHECK6_TX = 101;
const UDP_NO_CHECK6_RX = 102;

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
  const fd = openSocket(calls, operation, { type: SOCK_DGRAM, family }, options, (socket) => {
    for (const [level, name] of checksumOptions(family, options)) {
      const result = calls.setOption(socket, level, name, int(1));
      if (result < 0) throw kernelError(`${operation}: set noChecksum`, -result);
    }
    bindSocket(calls, socket, operation, endpoint);
  });
  const socket = createSocket(family === 'ipv4' ? 'udp4' : 'udp6');
  const listening = once(socket, 'listening');
  socket.bind({ fd, exclusive: true });
  await listening;
  return socket;
}

function checksumOptions(
  family: Family,
  { noChecksum = false, takeNoChecksum = false }: UdpOptions,
): readonly (readonly [level: number, name: number])[] {
  if (family === 'ipv4') return noChecksum ? [[SOL_SOCKET, SO_NO_CHECK]] : [];
  return [
    ...(noChecksum ? [[IPPROTO_UDP, UDP_NO_CHECK6_TX] as const] : []),
    ...(noChecksum || takeNoChecksum ? [[IPPROTO_UDP, UDP_NO_CHECK6_RX] as const] : []),
  ];
}
