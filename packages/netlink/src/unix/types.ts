import type { Socket } from 'node:net';
import type { NetlinkError } from '../error.js';

/** How to listen on a unix socket, and what becomes of those who connect. */
export interface UnixListenOptions {
  /** Where: up to 107 bytes. */
  readonly path: string;
  /** Connections that may wait to be accepted; 511 by default, as with `node:net`. */
  readonly backlog?: number;
  /** How long a connection may say nothing before it is greeted all the same, ms. */
  readonly silence: number;
  /** How long the other end may keep a connection whose last word was sent, ms. */
  readonly patience: number;
  /**
   * Is given each connection with the first that it says, up to 64 KiB; with nothing when it has been silent for long. Has to call one of its
   * methods, then or later. What else comes is thrown away.
   */
  readonly greet: (connection: UnixConnection, bytes: Buffer) => void;
  /**
   * Is told why nobody can be let in: EMFILE, ENFILE, ENOMEM, …; once, until somebody could again. It is tried anew every now and then, and whoever
   * connects waits.
   */
  readonly trouble: (error: NetlinkError) => void;
}

/** A connection that came in. */
export interface UnixConnection {
  /** Sets who is called when the connection is closed, by either end; never after {@link handOver}. */
  whenClosed(listener: () => void): void;
  /** Sends the last word, all of it, then closes as soon as the other end has, or its patience has passed. */
  end(bytes: Uint8Array): void;
  /** Closes at once. */
  destroy(): void;
  /** Makes it a socket as any other, paused, that is somebody else's; it reads `bytes` first. Not after {@link end}. */
  handOver(bytes: Buffer): Socket;
}

/** Somebody who listens on a unix socket. Keeps the process alive, as its connections do. */
export interface UnixListener {
  /** Lets nobody in any more and closes connections that have not been greeted. The others stay. */
  close(): void;
}
