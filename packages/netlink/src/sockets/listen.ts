import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { type Family, familyOf } from '@poplin/net';
import { closedError, kernelError } from '../error.js';
import { type SocketCalls, socketCalls } from '../ffi/socket-calls.js';
import { anyAddress, type Endpoint, endpointText } from './address.js';
import { type Md5Key, md5Option } from './md5.js';
import { bindSocket, openSocket, SOCK_STREAM } from './open.js';
import { int, type SocketOptions } from './options.js';

/** How to listen. */
export interface ListenOptions extends SocketOptions {
  /** Where to: an address and a port, 0 for one that is free. By default all addresses of the family. */
  readonly local: Partial<Endpoint> & { readonly port: number };
  /** Family, where no address says so; `ipv4` by default. */
  readonly family?: Family;
  /** Keys of TCP MD5 signatures, by peer. Peers without a key connect unsigned. */
  readonly md5Keys?: readonly Md5Key[];
  /** Connections that may wait to be accepted; 128 by default. */
  readonly backlog?: number;
  /** True to share the port with other sockets that say so too (SO_REUSEPORT). */
  readonly reusePort?: boolean;
}

/** A listening server, and the keys of its peers. */
export interface TcpListener extends AsyncDisposable {
  /** As any other of `node:net`; accepted sockets have the options of the listening one. */
  readonly server: Server;
  /**
   * Sets or changes the key of peers, for connections to come. @throws {NetlinkError} the kernel's code, CLOSED.
   */
  setMd5Key(key: Md5Key): void;
  /** Takes the key of peers away. @throws {NetlinkError} ENOENT when they had none, CLOSED. */
  removeMd5Key(key: Omit<Md5Key, 'key'>): void;
}

const IPPROTO_TCP = 6;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const SO_REUSEPORT = 15;
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;

/**
 * Listens by TCP with options that `node:net` has no word for. An IPv6 socket takes IPv6 alone (IPV6_V6ONLY).
 *
 * @throws {NetlinkError} EADDRINUSE, EADDRNOTAVAIL, EACCES, …; INVALID_ARGUMENT.
 */
export async function listenTcp(options: ListenOptions): Promise<TcpListener> {
  const calls = socketCalls();
  const family = options.local.address
    ? familyOf(options.local.address)
    : (options.family ?? 'ipv4');
  const endpoint: Endpoint = { address: anyAddress(family), ...options.local };
  const operation = `listen at ${endpointText(endpoint)}`;
  const fd = openSocket(calls, operation, { type: SOCK_STREAM, family }, options, (socket) => {
    setFlag(calls, socket, operation, SOL_SOCKET, SO_REUSEADDR);
    if (options.reusePort) setFlag(calls, socket, operation, SOL_SOCKET, SO_REUSEPORT);
    if (family === 'ipv6') setFlag(calls, socket, operation, IPPROTO_IPV6, IPV6_V6ONLY);
    for (const key of options.md5Keys ?? []) setKey(calls, socket, operation, key);
    bindSocket(calls, socket, operation, endpoint);
    const result = calls.listen(socket, options.backlog ?? 128);
    if (result < 0) throw kernelError(operation, -result);
  });
  const server = createServer();
  server.listen({ fd, backlog: options.backlog ?? 128 });
  await once(server, 'listening');
  return listenerOf(calls, server, fd, operation);
}

function listenerOf(
  calls: SocketCalls,
  server: Server,
  fd: number,
  operation: string,
): TcpListener {
  /** The descriptor is the server's: once it is closed the number may be another file's. */
  const open = (): number => {
    if (!server.listening) throw closedError(operation, 'server');
    return fd;
  };
  return {
    server,
    setMd5Key: (key) => setKey(calls, open(), operation, key),
    removeMd5Key: (key) => setKey(calls, open(), operation, { ...key, key: undefined }),
    async [Symbol.asyncDispose]() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

function setKey(
  calls: SocketCalls,
  fd: number,
  operation: string,
  key: Parameters<typeof md5Option>[1],
): void {
  const { name, value } = md5Option(operation, key);
  const result = calls.setOption(fd, IPPROTO_TCP, name, value);
  const verb = key.key === undefined ? 'remove' : 'set';
  if (result < 0) throw kernelError(`${operation}: ${verb} MD5 key of ${key.peer}`, -result);
}

function setFlag(
  calls: SocketCalls,
  fd: number,
  operation: string,
  level: number,
  name: number,
): void {
  const result = calls.setOption(fd, level, name, int(1));
  if (result < 0) throw kernelError(operation, -result);
}
