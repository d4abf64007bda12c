import { Socket } from 'node:net';
import type { Solitude } from '@poplin/net';
import { EAGAIN, EINTR } from '../ffi/constants.js';
import type { SocketCalls } from '../ffi/socket-calls.js';
import type { StreamCalls } from '../ffi/stream-calls.js';
import type { Expiry } from './expiry.js';
import { endSocket } from './node-connection.js';
import type { Reader, ReadySet } from './ready-set.js';
import type { UnixConnection, UnixListenOptions } from './types.js';

/** How long to stand still, ms, while who was alone goes with the answer. A fraction of that is enough for a process that prints it and ends. */
const farewell = 1;

/** What connections of one listener share. */
export interface Household {
  readonly calls: Pick<SocketCalls, 'close'> & StreamCalls;
  readonly ready: ReadySet;
  /** Where all read into: what shall stay is copied. */
  readonly buffer: Buffer;
  readonly silent: Expiry<DirectConnection>;
  /** Those that have their last word, and that nobody watches for a moment. */
  readonly resting: Expiry<DirectConnection>;
  readonly ending: Expiry<DirectConnection>;
  readonly solitude: Solitude;
  readonly options: Pick<UnixListenOptions, 'greet' | 'patience'>;
  /** A connection is closed or another's. */
  readonly left: () => void;
}

/**
 * A connection whose descriptor is read and written by system calls of its own.
 *
 * | stage | bytes come | the other end closes | `end` | time passes |
 * |---|---|---|---|---|
 * | silent | greeted with them | gone | | greeted with nothing |
 * | greeted | thrown away | gone, and told | resting | |
 * | resting | | | | gone, and told, if the other end is; else ending |
 * | ending | thrown away | gone, and told | | gone, and told |
 * | gone | | | | |
 */
export class DirectConnection implements UnixConnection, Reader {
  readonly #fd: number;
  readonly #house: Household;
  #stage: 'silent' | 'greeted' | 'resting' | 'ending' | 'gone' = 'silent';
  /** Who has the rest of a last word that the kernel did not take at once. */
  #ender: Socket | undefined;
  #whenClosed: (() => void) | undefined;

  constructor(fd: number, house: Household) {
    this.#fd = fd;
    this.#house = house;
    house.solitude.enter();
  }

  /** Begins: who connects has often spoken by now. @returns as {@link ready} does. */
  open(): boolean {
    const isEnough = this.ready();
    if (this.#stage === 'silent') this.#house.silent.add(this);
    return isEnough;
  }

  ready(): boolean {
    const { calls, buffer } = this.#house;
    const count = calls.receive(this.#fd, buffer);
    if (count > 0) {
      if (this.#stage !== 'silent') return false;
      this.greet(Buffer.from(buffer.subarray(0, count)));
      return true;
    }
    if (count !== -EAGAIN && count !== -EINTR) this.destroy();
    return false;
  }

  /** Presents itself with what it has said. */
  greet(bytes: Buffer): void {
    this.#stage = 'greeted';
    this.#house.silent.delete(this);
    this.#house.options.greet(this, bytes);
  }

  whenClosed(listener: () => void): void {
    this.#whenClosed = listener;
  }

  end(bytes: Uint8Array): void {
    if (this.#stage !== 'greeted') return;
    const { calls, ready, solitude, options } = this.#house;
    const sent = calls.send(this.#fd, bytes);
    if (sent === bytes.length) {
      // Not closed yet: the other end may still have something to say, like an acknowledgement, and would be told of an error
      // instead of the end.
      calls.endSending(this.#fd);
      this.#rest();
      // Whoever goes on here goes on in its way: the kernel mostly has the caller run on this very processor, as soon as it is free.
      if (solitude.holds) ready.pause(farewell);
      return;
    }
    this.#stage = 'ending';
    const rest = bytes.subarray(Math.max(0, sent));
    this.#ender = this.#toSocket().once('close', () => this.#leave());
    endSocket(this.#ender, rest, options.patience);
  }

  /** Nobody watches: a caller mostly is a process that ends as soon as it has its answer, and who is woken by that is in its way. */
  #rest(): void {
    this.#stage = 'resting';
    this.#house.ready.remove(this.#fd);
    this.#house.resting.add(this);
  }

  /** Goes if the other end has gone, and said no more; otherwise watches it. */
  rise(): void {
    this.#stage = 'ending';
    // Not closed with something unread: the other end would be told of an error instead of the answer.
    this.ready();
    if (this.#stage !== 'ending') return;
    const { ready, ending } = this.#house;
    ending.add(this);
    if (ready.add(this.#fd, this) < 0) this.destroy();
  }

  destroy(): void {
    if (this.#stage === 'gone') return;
    if (this.#ender) {
      this.#ender.destroy();
      return;
    }
    this.#house.ready.forget(this.#fd);
    this.#house.calls.close(this.#fd);
    this.#leave();
  }

  handOver(bytes: Buffer): Socket {
    const socket = this.#toSocket().pause();
    if (bytes.length > 0) socket.unshift(bytes);
    this.#whenClosed = undefined;
    this.#leave();
    return socket;
  }

  /** Gives the descriptor to Node. */
  #toSocket(): Socket {
    this.#house.ready.remove(this.#fd);
    return new Socket({ fd: this.#fd, readable: true, writable: true });
  }

  #leave(): void {
    this.#stage = 'gone';
    this.#house.silent.delete(this);
    this.#house.resting.delete(this);
    this.#house.ending.delete(this);
    this.#house.solitude.leave();
    this.#house.left();
    this.#whenClosed?.();
  }
}
