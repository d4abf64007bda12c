import type { Socket } from 'node:net';
import type { UnixConnection, UnixListenOptions } from './types.js';

/** A connection by `node:net`. */
export class NodeConnection implements UnixConnection {
  readonly #socket: Socket;
  readonly #options: UnixListenOptions;
  #whenClosed: (() => void) | undefined;

  readonly #onClose = (): void => this.#whenClosed?.();
  readonly #onData = (bytes: Buffer): void => this.#greet(bytes);
  readonly #onSilence = (): void => this.#greet(Buffer.alloc(0));

  constructor(socket: Socket, options: UnixListenOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.on('error', ignore).on('close', this.#onClose).on('data', this.#onData);
    socket.setTimeout(options.silence, this.#onSilence);
  }

  #greet(bytes: Buffer): void {
    this.#socket.off('data', this.#onData).setTimeout(0, this.#onSilence);
    this.#options.greet(this, bytes);
    // With nobody who listens to them, bytes that come are thrown away; one that was handed over is paused.
    if (!this.#socket.isPaused()) this.#socket.resume();
  }

  whenClosed(listener: () => void): void {
    this.#whenClosed = listener;
  }

  end(bytes: Uint8Array): void {
    if (!this.#socket.destroyed) endSocket(this.#socket, bytes, this.#options.patience);
  }

  destroy(): void {
    this.#socket.destroy();
  }

  handOver(bytes: Buffer): Socket {
    const socket = this.#socket.off('error', ignore).off('close', this.#onClose).pause();
    if (bytes.length > 0) socket.unshift(bytes);
    return socket;
  }
}

/** Sends the last word on a socket, and throws away what comes. Who keeps it open for longer than `patience`, ms, is cut off. */
export function endSocket(socket: Socket, bytes: Uint8Array, patience: number): void {
  socket.on('error', ignore).resume().end(bytes);
  socket.setTimeout(patience, () => socket.destroy());
}

/** An error is followed by close. */
function ignore(): void {}
