import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Client,
  type ClientOptions,
  credentials,
  Metadata,
  type ServiceError,
} from '@grpc/grpc-js';
import { AddRequest, AddResponse, CniServiceClient, CniServiceService, Status } from '@poplin/api';
import { type Log, silentLog } from '@poplin/net';
import { type RpcServer, serve } from '../server.js';
import { type Methods, service } from '../service.js';
import { type TakenSocket, takeSocket } from '../socket.js';

/** A server with the socket that it serves on. */
export type Served = RpcServer & { readonly socket: TakenSocket };

/** Methods of the CNI service; the test gives those that it cares for. */
export type CniMethods = Partial<Methods<typeof CniServiceService>>;

/** A directory with servers and clients of one test, all gone when it ends. */
export interface RpcStage extends AsyncDisposable {
  /** Where servers serve; in a directory that they have to make. */
  readonly socketPath: string;
  /** The directory of that directory. */
  readonly dir: string;
  /** Serves the CNI service. */
  start(methods?: CniMethods, options?: { path?: string; log?: Log }): Promise<Served>;
  /** A client of the CNI service. */
  connect(options?: ClientOptions): CniServiceClient;
}

/** Sets the stage for one test. */
export function rpcStage(): RpcStage {
  const dir = mkdtempSync(join(tmpdir(), 'poplin-rpc-'));
  const socketPath = join(dir, 'run', 'poplin.sock');
  const opened: (Client | AsyncDisposable)[] = [];
  return {
    dir,
    socketPath,
    async start(methods = {}, { path = socketPath, log = silentLog } = {}) {
      const all = {
        add: async () => AddResponse.create(),
        del: async () => ({}),
        check: async () => ({}),
        status: async () => ({}),
        gc: async () => ({}),
        ...methods,
      };
      const socket = await takeSocket(path);
      opened.push(socket);
      const server = await serve({ socket, services: [service(CniServiceService, all)], log });
      opened.push(server);
      return { ...server, socket };
    },
    connect(options) {
      const client = new CniServiceClient(
        `unix:${socketPath}`,
        credentials.createInsecure(),
        options,
      );
      opened.push(client);
      return client;
    },
    async [Symbol.asyncDispose]() {
      for (const one of opened.reverse()) {
        await ('close' in one ? one.close() : one[Symbol.asyncDispose]());
      }
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Drains a server and lets the path go. */
export async function stop(server: Served): Promise<void> {
  await server.drain(0);
  await server.socket.release();
}

/** Calls Add. */
export function add(client: CniServiceClient, containerId = 'c1'): Promise<AddResponse> {
  const request = AddRequest.create({ containerId });
  return new Promise((resolve, reject) => {
    const options = { deadline: Date.now() + 10_000 };
    client.add(request, new Metadata(), options, (error, response) =>
      error ? reject(error) : resolve(response),
    );
  });
}

/** The error of a call that must fail. */
export function failure(call: Promise<unknown>): Promise<ServiceError> {
  return call.then(
    () => {
      throw new Error('the call succeeded');
    },
    (error: ServiceError) => error,
  );
}

/** The google.rpc.Status that came with an error. */
export function richStatus(error: ServiceError): Status {
  return Status.decode(error.metadata.get('grpc-status-details-bin')[0] as Buffer);
}
