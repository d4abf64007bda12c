import { kernelError } from '../error.js';
import { type EpollCalls, epollCalls } from '../ffi/epoll-calls.js';
import { socketCalls } from '../ffi/socket-calls.js';
import { type DescriptorPoll, watchDescriptor } from '../ffi/uv.js';

/** Somebody with a descriptor. */
export interface Reader {
  /**
   * Something may be there to be read, or the other end is gone. Called again as long as it is.
   *
   * @returns true when that was work enough for one turn of the event loop.
   */
  ready(): boolean;
}

/** Descriptors that are looked at per turn of the event loop, when none is much work; the others' turn comes next. */
const mostPerTurn = 64;

/**
 * Descriptors with whoever reads from them, all behind one handle of libuv: an epoll instance can be polled itself, and a member costs one system
 * call, where a handle of its own costs a callback and memory of the kernel's interface.
 */
export class ReadySet {
  readonly #epoll: number;
  readonly #calls: EpollCalls;
  readonly #poll: DescriptorPoll | undefined;
  readonly #readers = new Map<number, Reader>();
  #isClosed = false;

  private constructor(epoll: number, calls: EpollCalls) {
    this.#epoll = epoll;
    this.#calls = calls;
    this.#poll = watchDescriptor(epoll, 'readable', () => this.#look());
  }

  /**
   * @returns `undefined` where the event loop cannot be told of descriptors (`watchDescriptor`).
   * @throws {NetlinkError} EMFILE, ENFILE, ENOMEM.
   */
  static open(calls = epollCalls()): ReadySet | undefined {
    const epoll = calls.create();
    if (epoll < 0) throw kernelError('watch sockets', -epoll);
    const set = new ReadySet(epoll, calls);
    if (set.#poll) return set;
    set.close();
    return undefined;
  }

  /** How many members there are. */
  get size(): number {
    return this.#readers.size;
  }

  /** Takes a member in. @returns 0, or ENOSPC or ENOMEM, negated, when the kernel does not. */
  add(fd: number, reader: Reader): number {
    const result = this.#calls.add(this.#epoll, fd);
    if (result >= 0) this.#readers.set(fd, reader);
    return result;
  }

  /** Lets a member go whose descriptor stays open. */
  remove(fd: number): void {
    if (this.#readers.delete(fd)) this.#calls.remove(this.#epoll, fd);
  }

  /** Lets a member go whose descriptor is about to be closed, with which the kernel forgets it. */
  forget(fd: number): void {
    this.#readers.delete(fd);
  }

  /**
   * Has the whole thread wait until somebody is ready, but not for long: for who knows that another process wants the processor.
   *
   * @param ms - the longest.
   * @returns true when somebody is.
   */
  pause(ms: number): boolean {
    return this.#calls.pause(this.#epoll, ms);
  }

  /** Tells nobody any more. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#readers.clear();
    this.#poll?.close();
    socketCalls().close(this.#epoll);
  }

  #look(): void {
    for (let place = 0; place < mostPerTurn && !this.#isClosed; place++) {
      const fd = this.#calls.next(this.#epoll);
      if (fd < 0) return;
      // Whoever was let go a moment ago is not there. Its number may be another's already, who then finds nothing to read.
      if (this.#readers.get(fd)?.ready()) return;
    }
  }
}
