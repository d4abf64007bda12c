import { Solitude } from '@poplin/net';
import { kernelError } from '../error.js';
import { EAGAIN, ECONNABORTED, EINTR } from '../ffi/constants.js';
import { socketCalls } from '../ffi/socket-calls.js';
import { streamCalls } from '../ffi/stream-calls.js';
import { DirectConnection, type Household } from './connection.js';
import { Expiry } from './expiry.js';
import type { Reader, ReadySet } from './ready-set.js';
import type { UnixListener, UnixListenOptions } from './types.js';

/** As many bytes as `node:net` reads at once. */
const bufferSize = 65_536;

/** Connections that are let in per turn of the event loop before they say anything, so that a flood leaves room for others. */
const mostPerTurn = 64;

/** How long nobody looks whether a caller that has its answer has gone, ms. */
const rest = 10;

/** How long to wait, ms, when the system has no room for another connection. */
const retreat = 100;

/** A listening descriptor, accepted from and read by system calls of its own. */
export class DirectListener implements UnixListener, Reader {
  readonly #fd: number;
  readonly #options: UnixListenOptions;
  readonly #ready: ReadySet;
  readonly #house: Household;
  #isListening = true;
  #isTroubled = false;
  #retry: NodeJS.Timeout | undefined;

  /** Owns the descriptor and the set from then on. */
  constructor(fd: number, ready: ReadySet, options: UnixListenOptions) {
    this.#fd = fd;
    this.#options = options;
    this.#ready = ready;
    this.#house = {
      calls: { close: socketCalls().close, ...streamCalls() },
      ready,
      buffer: Buffer.alloc(bufferSize),
      silent: new Expiry(options.silence, (connection) => connection.greet(Buffer.alloc(0))),
      resting: new Expiry(rest, (connection) => connection.rise()),
      ending: new Expiry(options.patience, (connection) => connection.destroy()),
      solitude: new Solitude(),
      options,
      left: () => this.#closeIfIdle(),
    };
    this.#await();
  }

  ready(): boolean {
    for (let place = 0; place < mostPerTurn && this.#isListening; place++) {
      const fd = this.#house.calls.accept(this.#fd);
      if (fd >= 0) {
        // One at a time: what its greeting has begun goes on before the next one is greeted.
        if (this.#admit(fd)) return true;
      } else if (fd !== -EINTR && fd !== -ECONNABORTED) {
        if (fd === -EAGAIN) this.#isTroubled = false;
        else this.#retreat(-fd);
        return false;
      }
    }
    return false;
  }

  close(): void {
    if (!this.#isListening) return;
    this.#isListening = false;
    clearTimeout(this.#retry);
    this.#ready.forget(this.#fd);
    this.#house.calls.close(this.#fd);
    for (const connection of this.#house.silent.members()) connection.destroy();
    this.#closeIfIdle();
  }

  /** @returns true when that was work enough for one turn. */
  #admit(fd: number): boolean {
    const connection = new DirectConnection(fd, this.#house);
    const result = this.#ready.add(fd, connection);
    if (result >= 0) return connection.open();
    connection.destroy();
    this.#tell(-result);
    return false;
  }

  #await(): void {
    const result = this.#ready.add(this.#fd, this);
    if (result < 0) this.#retreat(-result);
  }

  /** The listener would be ready all the time, with nobody to be let in: nobody listens to it for a while. */
  #retreat(errno: number): void {
    this.#ready.remove(this.#fd);
    this.#retry = setTimeout(() => this.#await(), retreat);
    this.#tell(errno);
  }

  #tell(errno: number): void {
    if (this.#isTroubled) return;
    this.#isTroubled = true;
    this.#options.trouble(kernelError(`accept on ${this.#options.path}`, errno));
  }

  #closeIfIdle(): void {
    const { silent, resting } = this.#house;
    if (this.#isListening || this.#ready.size + resting.size > 0) return;
    this.#ready.close();
    silent.clear();
    resting.clear();
    this.#house.ending.clear();
  }
}
