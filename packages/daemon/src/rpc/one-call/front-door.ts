import { createServer, type Server as NetServer, type Socket } from 'node:net';
import { type Server, ServerCredentials } from '@grpc/grpc-js';
import type { EncodedMethod } from './method.js';
import { readOneCall } from './request.js';
import { type RunningCall, serveOneCall } from './serve.js';

/** What a {@link FrontDoor} lets in. */
export interface FrontDoorOptions {
  /** Who gets the connections that are no {@link OneCall}. */
  readonly server: Server;
  /** The methods that are answered here, by their path. */
  readonly methods: ReadonlyMap<string, EncodedMethod>;
}

/** How long a connection may be silent before it becomes an HTTP/2 session, whose keepalive watches it, ms. */
const silence = 10_000;

/**
 * Where connections come in. One that brings a whole unary call in its first bytes, as the shim's do, is answered at once; every other becomes a
 * session of the gRPC server, which sees what has been read of it (decision 24).
 */
export class FrontDoor {
  readonly #options: FrontDoorOptions;
  readonly #listener: NetServer;
  readonly #injector: ReturnType<Server['createConnectionInjector']>;
  readonly #running = new Set<RunningCall>();
  readonly #silent = new Set<Socket>();

  constructor(options: FrontDoorOptions) {
    this.#options = options;
    this.#injector = options.server.createConnectionInjector(ServerCredentials.createInsecure());
    this.#listener = createServer((socket) => this.#greet(socket));
  }

  /** Listens on a unix socket. @throws {Error} of the kernel. */
  listen(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#listener.once('error', reject).listen(path, () => {
        this.#listener.off('error', reject);
        resolve();
      });
    });
  }

  /**
   * Lets nobody in any more, and waits until the calls that are answered here have ended; after the time limit cancels those that run.
   * Sessions of the gRPC server are told to end, and cancelled after the same time; waiting for them is the server's business.
   *
   * @returns true when a call had to be cancelled.
   */
  async drain(timeoutMs: number): Promise<boolean> {
    this.#listener.close();
    for (const socket of this.#silent) socket.destroy();
    this.#injector.drain(timeoutMs);
    let forced = false;
    const timer = setTimeout(() => {
      forced = this.#running.size > 0;
      for (const call of this.#running) call.cancel();
    }, timeoutMs);
    await Promise.all([...this.#running].map(({ closed }) => closed));
    clearTimeout(timer);
    return forced;
  }

  #greet(socket: Socket): void {
    this.#silent.add(socket);
    const decide = (bytes: Buffer): void => {
      socket.off('error', ignore).off('close', forget).off('data', decide).setTimeout(0, giveUp);
      this.#silent.delete(socket);
      this.#lead(socket, bytes);
    };
    const forget = (): void => void this.#silent.delete(socket);
    const giveUp = (): void => decide(Buffer.alloc(0));
    socket.on('error', ignore).on('close', forget).on('data', decide).setTimeout(silence, giveUp);
  }

  #lead(socket: Socket, bytes: Buffer): void {
    const call = readOneCall(bytes);
    const method = call && this.#options.methods.get(call.path);
    if (call && method) {
      const running = serveOneCall(socket, call, method);
      this.#running.add(running);
      void running.closed.then(() => this.#running.delete(running));
      return;
    }
    socket.pause();
    if (bytes.length > 0) socket.unshift(bytes);
    this.#injector.injectConnection(socket);
  }
}

/** An error of a connection that nobody knows yet; it is followed by close. */
function ignore(): void {}
