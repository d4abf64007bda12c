import type { Log } from '@poplin/net';

/** Where an etcd cluster is and how to speak to it. */
export interface EtcdRegistryOptions {
  /** `host:port` of each member. The first that answers is used until it fails. */
  readonly endpoints: readonly string[];
  /** PEM texts; given, even empty, the connection is TLS. Without `ca` the system's authorities are trusted. */
  readonly tls?: EtcdTls | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly log: Log;
  /** Ends the wait for an etcd that is down at start. */
  readonly signal?: AbortSignal | undefined;
  /** Prefix of all keys, `/poplin/v1/` where nothing is said. */
  readonly prefix?: string | undefined;
  readonly timings?: Partial<EtcdTimings> | undefined;
}

/** PEM texts for TLS: authorities of the server, certificate and key of this client. */
export interface EtcdTls {
  readonly ca?: Buffer | undefined;
  readonly cert?: Buffer | undefined;
  readonly key?: Buffer | undefined;
}

/** How long things may take, in milliseconds. The defaults suit a cluster; tests shorten them. */
export interface EtcdTimings {
  /** A unary call to one member. */
  readonly callMs: number;
  /** A connection without traffic before it is pinged. etcd refuses less than 5 s by default. */
  readonly pingMs: number;
  /** A ping before its connection counts as dead. */
  readonly pingTimeoutMs: number;
  /** A watch without events before it is asked for progress. */
  readonly watchIdleMs: number;
  /** The answer to that before the stream counts as dead. */
  readonly watchAnswerMs: number;
  /** Between two full looks at what a watch follows. */
  readonly watchResyncMs: number;
  /** The longest pause between two tries. */
  readonly maxBackoffMs: number;
  /** Between two reminders in the log that etcd has not answered since start. */
  readonly remindMs: number;
}

/** What is used where nothing is said. */
export const defaultTimings: EtcdTimings = {
  callMs: 5_000,
  pingMs: 10_000,
  pingTimeoutMs: 5_000,
  watchIdleMs: 30_000,
  watchAnswerMs: 10_000,
  watchResyncMs: 300_000,
  maxBackoffMs: 5_000,
  remindMs: 30_000,
};
