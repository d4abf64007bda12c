import { rootCertificates } from 'node:tls';
import { type CallOptions as GrpcOptions, InterceptingCall, type Interceptor } from '@grpc/grpc-js';
import { Etcd3, type IOptions } from 'etcd3';
import type { EtcdRegistryOptions, EtcdTimings } from './options.js';

type Policy = NonNullable<NonNullable<IOptions['faultHandling']>['global']>;

/** An answer may be this large: a list page or a burst of watch events; grpc-js stops at 4 MiB. */
const maxAnswerBytes = 64 * 1024 * 1024;

/**
 * Clients for the members of an etcd cluster, one each, of which one is in use. etcd3 itself picks a
 * random member per call, so that it meets a dead one again and again.
 */
export interface EtcdConnection {
  /** How many members there are. */
  readonly size: number;
  /** The client of the member in use. */
  current(): Etcd3;
  /** Fires when {@link renew} takes the clients that there are now out of use: nothing is to be expected of them any more. */
  readonly replaced: AbortSignal;
  /** Says that a client failed: the next member is used, if it still was the one in use. */
  failed(client: Etcd3): void;
  /** Takes new clients in place of all. */
  renew(): void;
  close(): void;
}

/** Prepares the clients. Nothing is connected yet. */
export function createConnection(
  options: EtcdRegistryOptions,
  timings: EtcdTimings,
): EtcdConnection {
  let generation = 0;
  const createAll = (): readonly Etcd3[] =>
    options.endpoints.map((endpoint) => createClient(endpoint, options, timings, generation));
  let clients = createAll();
  let replacing = new AbortController();
  let index = 0;
  const close = (those: readonly Etcd3[]): void => {
    for (const client of those) client.close();
  };
  return {
    size: clients.length,
    current() {
      const client = clients[index];
      if (!client) throw new Error('an etcd connection needs an endpoint');
      return client;
    },
    get replaced() {
      return replacing.signal;
    },
    failed(client) {
      if (client === clients[index]) index = (index + 1) % clients.length;
    },
    renew() {
      const old = { clients, replacing };
      generation++;
      clients = createAll();
      replacing = new AbortController();
      old.replacing.abort();
      close(old.clients);
    },
    close: () => close(clients),
  };
}

function createClient(
  endpoint: string,
  { tls, username, password }: EtcdRegistryOptions,
  timings: EtcdTimings,
  generation: number,
): Etcd3 {
  return new Etcd3({
    hosts: `${tls ? 'https' : 'http'}://${endpoint}`,
    ...(tls && {
      credentials: {
        rootCertificate: tls.ca ?? Buffer.from(rootCertificates.join('\n')),
        ...(tls.key && { privateKey: tls.key }),
        ...(tls.cert && { certChain: tls.cert }),
      },
    }),
    ...(username !== undefined && { auth: { username, password: password ?? '' } }),
    // By default etcd3 repeats every failed call three times, writes included, and opens a circuit
    // breaker for all calls when answers are too large. Who repeats what is decided in call.ts.
    faultHandling: { global: once, host: () => once },
    grpcOptions: {
      // grpc-js shares connections between channels whose options are equal: a new client must not get the dead one of the old.
      'poplin.generation': generation,
      'grpc.keepalive_time_ms': timings.pingMs,
      'grpc.keepalive_timeout_ms': timings.pingTimeoutMs,
      'grpc.keepalive_permit_without_calls': 1,
      'grpc.max_receive_message_length': maxAnswerBytes,
      'grpc.max_send_message_length': maxAnswerBytes,
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': timings.maxBackoffMs,
      'grpc.service_config_disable_resolution': 1,
    },
    defaultCallOptions: ({ isStream }): GrpcOptions =>
      isStream ? { interceptors: [requireLeader] } : { deadline: Date.now() + timings.callMs },
  });
}

/** Calls once. `_altReturn` exists for cockatiel's types only. */
const once: Policy = {
  _altReturn: undefined as never,
  onSuccess: () => ({ dispose() {} }),
  onFailure: () => ({ dispose() {} }),
  execute: async (run) => run({ signal: new AbortController().signal }),
};

/**
 * Asks etcd to end the stream when its member has no leader (metadata `hasleader`), instead of leaving it
 * silent on the wrong side of a partition.
 */
const requireLeader: Interceptor = (options, nextCall) =>
  new InterceptingCall(nextCall(options), {
    start(metadata, listener, next) {
      const own = metadata.clone();
      own.set('hasleader', 'true');
      next(own, listener);
    },
  });
