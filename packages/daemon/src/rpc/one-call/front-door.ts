import { type Server, ServerCredentials } from '@grpc/grpc-js';
import type { Log } from '@poplin/net';
import { listenUnix, type UnixConnection, type UnixListener } from '@poplin/netlink';
import { Deadlines } from './deadlines.js';
import type { EncodedMethod } from './method.js';
import { readOneCall } from './request.js';
import { RunningCall } from './serve.js';

/** What a {@link FrontDoor} lets in. */
export interface FrontDoorOptions {
  /** Who gets the connections that are no {@link OneCall}. */
  readonly server: Server;
  /** The methods that are answered here, by their path. */
  readonly methods: ReadonlyMap<string, EncodedMethod>;
  readonly log: Log;
}

/** How long a connection may be silent before it becomes an HTTP/2 session, whose keepalive watches it, ms. */
const silence = 10_000;

/** How long a caller that has its answer may keep the connection, ms. */
const patience = 20_000;

/**
 * Where connections come in. One that brings a whole unary call in its first bytes, as the shim's do, is answered at once; every other becomes a
 * session of the gRPC server, which sees what has been read of it (decisions 24 and 29).
 */
export class FrontDoor {
  readonly #options: FrontDoorOptions;
  readonly #injector: ReturnType<Server['createConnectionInjector']>;
  readonly #running = new Set<RunningCall>();
  readonly #deadlines = new Deadlines();
  #listener: UnixListener | undefined;
  /** Is told when no call runs any more. */
  #whenIdle: (() => void) | undefined;

  constructor(options: FrontDoorOptions) {
    this.#options = options;
    this.#injector = options.server.createConnectionInjector(ServerCredentials.createInsecure());
  }

  /** Listens on a unix socket. @throws {NetlinkError} of the kernel. */
  async listen(path: string): Promise<void> {
    const { log } = this.#options;
    this.#listener = await listenUnix({
      path,
      silence,
      patience,
      greet: (connection, bytes) => this.#greet(connection, bytes),
      trouble: (error) => log.warn({ err: error }, 'nobody who calls can be let in for now'),
    });
  }

  /**
   * Lets nobody in any more, and waits until the calls that are answered here have ended; after the time limit cancels those that run.
   * Sessions of the gRPC server are told to end, and cancelled after the same time; waiting for them is the server's business.
   *
   * @returns true when a call had to be cancelled.
   */
  async drain(timeoutMs: number): Promise<boolean> {
    this.#listener?.close();
    this.#injector.drain(timeoutMs);
    let forced = false;
    const timer = setTimeout(() => {
      for (const call of this.#running) {
        forced ||= !call.isAnswered;
        call.cancel();
      }
    }, timeoutMs);
    await new Promise<void>((resolve) => {
      this.#whenIdle = resolve;
      this.#tellIfIdle();
    });
    clearTimeout(timer);
    return forced;
  }

  #greet(connection: UnixConnection, bytes: Buffer): void {
    const call = readOneCall(bytes);
    const method = call && this.#options.methods.get(call.path);
    if (!call || !method) {
      this.#injector.injectConnection(connection.handOver(bytes));
      return;
    }
    const running = new RunningCall(connection, call, this.#deadlines);
    this.#running.add(running);
    connection.whenClosed(() => {
      running.closed();
      this.#running.delete(running);
      this.#tellIfIdle();
    });
    running.begin(method);
  }

  #tellIfIdle(): void {
    if (this.#running.size === 0) this.#whenIdle?.();
  }
}
