import { once } from 'node:events';
import { createServer } from 'node:net';
import { kernelError } from '../error.js';
import { fileError } from '../ffi/file-error.js';
import { NodeConnection } from './node-connection.js';
import type { UnixListener, UnixListenOptions } from './types.js';

/**
 * Listens by `node:net`, where descriptors cannot be watched otherwise. libuv closes those who come when there is no descriptor left.
 *
 * @throws {NetlinkError} of the kernel.
 */
export async function listenByNode(options: UnixListenOptions): Promise<UnixListener> {
  const { path, backlog, greet } = options;
  const silent = new Set<NodeConnection>();
  const server = createServer((socket) => {
    const connection = new NodeConnection(socket, {
      ...options,
      greet(greeted, bytes) {
        silent.delete(connection);
        greet(greeted, bytes);
      },
    });
    silent.add(connection);
    connection.whenClosed(() => silent.delete(connection));
  });
  try {
    await once(server.listen({ path, ...(backlog !== undefined && { backlog }) }), 'listening');
  } catch (error) {
    throw fileError(`listen on ${path}`, error);
  }
  server.on('error', ({ errno = 0 }: NodeJS.ErrnoException) =>
    options.trouble(kernelError(`accept on ${path}`, -errno)),
  );
  return {
    close() {
      server.close();
      for (const connection of silent) connection.destroy();
    },
  };
}
