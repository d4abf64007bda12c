import { type Family, familyOf } from '@poplin/net';
import { kernelError } from '../error.js';
import { SOCK_CLOEXEC, SOCK_NONBLOCK } from '../ffi/constants.js';
import type { SocketCalls } from '../ffi/socket-calls.js';
import { runInNetns } from '../namespace/run-in-netns.js';
import { familyNumber } from '../rtnetlink/family.js';
import { anyAddress, type Endpoint, socketAddress } from './address.js';
import { applyOptions, type SocketOptions } from './options.js';

export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;
export const SOCK_RAW = 3;

/** What a socket is, before its options. */
export interface SocketKind {
  /** SOCK_*. */
  readonly type: number;
  readonly family: Family;
  /** IPPROTO_*; the one that goes with the type by default. */
  readonly protocol?: number;
  /** True where a thread of its own may wait in it. */
  readonly blocking?: boolean;
}

/**
 * Opens a socket in its namespace, with its options. What `prepare` does with the descriptor belongs to the opening: when
 * that fails the descriptor is closed.
 *
 * @throws {NetlinkError} the kernel's code, INVALID_ARGUMENT.
 */
export function openSocket(
  calls: SocketCalls,
  operation: string,
  { type, family, protocol = 0, blocking = false }: SocketKind,
  options: SocketOptions,
  prepare: (fd: number) => void,
): number {
  const open = (): number =>
    calls.socket(
      familyNumber(family),
      type | (blocking ? 0 : SOCK_NONBLOCK) | SOCK_CLOEXEC,
      protocol,
    );
  const fd = options.netns ? runInNetns(options.netns, open) : open();
  if (fd < 0) throw kernelError(operation, -fd);
  try {
    applyOptions(calls, fd, operation, family, options);
    prepare(fd);
    return fd;
  } catch (error) {
    calls.close(fd);
    throw error;
  }
}

/** Binds a socket. @throws {NetlinkError} EADDRINUSE, EADDRNOTAVAIL, EACCES for a port below 1024. */
export function bindSocket(
  calls: SocketCalls,
  fd: number,
  operation: string,
  endpoint: Endpoint,
): void {
  const result = calls.bind(fd, socketAddress(operation, endpoint));
  if (result < 0) throw kernelError(operation, -result);
}

/** An endpoint to bind to, with what is left open filled in. */
export function localEndpoint(
  family: Family,
  local: Partial<Endpoint> | undefined,
): Endpoint | undefined {
  if (!local) return undefined;
  const { address = anyAddress(family), port = 0, ifindex } = local;
  return { address, port, ...(ifindex === undefined ? {} : { ifindex }) };
}

/** Family of an endpoint. */
export function familyOfEndpoint({ address }: Endpoint): Family {
  return familyOf(address);
}
