import { Server } from '@grpc/grpc-js';
import type { Log } from '@poplin/net';
import { readApiDescriptors } from './descriptors.js';
import { RpcError } from './error.js';
import { addHealth, type Health } from './health.js';
import { FrontDoor } from './one-call/front-door.js';
import { addReflection } from './reflection.js';
import type { RpcService } from './service.js';
import type { TakenSocket } from './socket.js';
import { type OpenStreams, openStreams } from './streams.js';

/** What to serve, and where. */
export interface ServeOptions {
  /** Where to serve. It stays the caller's, who releases it when all that must not run twice has ended. */
  readonly socket: TakenSocket;
  readonly services: readonly RpcService[];
  /** Gives the FileDescriptorSet for reflection; called when the first tool asks. Default: that of Poplin's API. */
  readonly readDescriptors?: () => Uint8Array;
  readonly log: Log;
}

/** The gRPC server at work. */
export interface RpcServer extends AsyncDisposable {
  /** What `grpc.health.v1` answers. NOT_SERVING at first. */
  setServing(serving: boolean): void;
  /**
   * Ends serving: says NOT_SERVING, takes the socket away, lets calls that run finish, and after the time
   * limit cancels those that still do. A second call waits for the first.
   *
   * @param timeoutMs - how long running calls may take; 0 cancels them at once.
   */
  drain(timeoutMs: number): Promise<void>;
}

/**
 * Serves gRPC on a unix socket (mode 0600), with `grpc.health.v1` and reflection.
 *
 * @throws {RpcError} SOCKET_UNUSABLE when the kernel does not let it listen there.
 */
export async function serve(options: ServeOptions): Promise<RpcServer> {
  const { socket, services, log } = options;
  const server = new Server(channelOptions);
  const streams = openStreams();
  for (const one of services) server.addService(one.definition, one.implement(log));
  const names = services.map(({ name }) => name);
  const health = addHealth(server, names, streams);
  addReflection(server, options.readDescriptors ?? readApiDescriptors, streams);
  const methods = new Map(services.flatMap((one) => one.encoded(log)));
  const door = new FrontDoor({ server, methods, log });
  await listen(door, socket.listenPath);
  await socket.publish();
  return runningServer({ server, door, streams, health, socket, log });
}

const channelOptions = {
  // Channelz keeps what it saw; the daemon lives for months (grpc-node issues 2068, 2184).
  'grpc.enable_channelz': 0,
  // A stopped client would hold its connection for ever: a unix socket does not time out.
  'grpc.keepalive_time_ms': 60_000,
  'grpc.keepalive_timeout_ms': 20_000,
  'grpc.max_receive_message_length': 4 * 1024 * 1024,
};

interface Parts {
  readonly server: Server;
  readonly door: FrontDoor;
  readonly streams: OpenStreams;
  readonly health: Health;
  readonly socket: TakenSocket;
  readonly log: Log;
}

function runningServer({ server, door, streams, health, socket, log }: Parts): RpcServer {
  let draining: Promise<void> | undefined;
  const drain = async (timeoutMs: number): Promise<void> => {
    health.setServing(false);
    await socket.withdraw();
    streams.endAll();
    const forced = await shutDown(server, door, timeoutMs);
    if (forced)
      log.warn({ timeoutMs }, 'calls still ran when draining ended, so they were cancelled');
  };
  return {
    setServing: (serving) => health.setServing(serving && draining === undefined),
    drain(timeoutMs) {
      draining ??= drain(timeoutMs);
      return draining;
    },
    [Symbol.asyncDispose]() {
      return this.drain(0);
    },
  };
}

/**
 * Waits for running calls; after the time limit cancels those that still run. Tells whether it had to.
 *
 * grpc-js 1.14.7 keeps no list of sessions for forceShutdown() when channelz is off, and drain() knows only
 * those that are not closing yet; so drain() comes first, with the limit, and tryShutdown() waits for both.
 */
async function shutDown(server: Server, door: FrontDoor, timeoutMs: number): Promise<boolean> {
  let forced = false;
  const drained = door.drain(timeoutMs);
  const timer = setTimeout(() => {
    forced = true;
  }, timeoutMs);
  await new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  clearTimeout(timer);
  return (await drained) || forced;
}

async function listen(door: FrontDoor, path: string): Promise<void> {
  try {
    await door.listen(path);
  } catch (cause) {
    throw new RpcError('SOCKET_UNUSABLE', `cannot listen on ${path}`, { cause });
  }
}
