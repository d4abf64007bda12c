import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A TCP relay that can be cut, or made to lose answers. */
export interface TcpRelay extends AsyncDisposable {
  readonly endpoint: string;
  /** Ends all connections, and new ones at once. */
  cut(): void;
  /** Passes on what is asked, drops what is answered. */
  swallowAnswers(): void;
  /** Lets all connections that there are hang, without an end or an error: what happens when an address goes. New ones go through. */
  strand(): void;
  /** How many connections were made so far. */
  readonly made: number;
  /** Ends all connections; new ones go through. */
  restore(): void;
}

/** Starts a relay to `host:port` on a free port of loopback. */
export async function startTcpRelay(target: string): Promise<TcpRelay> {
  const [host = '', port = ''] = target.split(':');
  const sockets = new Set<Socket>();
  let mode: 'open' | 'cut' | 'swallow' = 'open';
  let made = 0;
  let stranded = 0;
  const server = createServer((near) => {
    const number = ++made;
    const passes = (): boolean => number > stranded;
    const far = connect(Number(port), host);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    if (mode === 'cut') near.destroy();
    near.on('data', (chunk) => {
      if (passes()) far.write(chunk);
    });
    far.on('data', (chunk) => {
      if (mode === 'open' && passes()) near.write(chunk);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const drop = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    endpoint: `127.0.0.1:${address.port}`,
    cut() {
      mode = 'cut';
      drop();
    },
    swallowAnswers() {
      mode = 'swallow';
    },
    strand() {
      stranded = made;
    },
    get made() {
      return made;
    },
    restore() {
      mode = 'open';
      drop();
    },
    async [Symbol.asyncDispose]() {
      drop();
      server.close();
      await once(server, 'close');
    },
  };
}
