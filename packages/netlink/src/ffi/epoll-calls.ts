import koffi from 'koffi';
import { littleEndian, viewOf } from '../codec/byte-order.js';
import { EAGAIN } from './constants.js';
import { orErrno } from './or-errno.js';

/** epoll(7), level-triggered, for reading. Results are those of the kernel: a number of 0 or more, or an error number, negated. */
export interface EpollCalls {
  /** epoll_create1(2). Returns the descriptor. */
  create(): number;
  /** EPOLL_CTL_ADD of a descriptor, to be told when it can be read from, which it can too when its other end is gone. */
  add(epoll: number, fd: number): number;
  /** EPOLL_CTL_DEL. */
  remove(epoll: number, fd: number): number;
  /** epoll_wait(2) for one descriptor, without waiting: the one whose turn it is, EAGAIN when none is ready. */
  next(epoll: number): number;
  /** epoll_wait(2) of the whole thread for so many ms. Returns whether one is ready, whose turn does not pass by that. */
  pause(epoll: number, ms: number): boolean;
}

const EPOLL_CLOEXEC = 0o2000000;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EPOLLIN = 1;

/** `struct epoll_event`: a word of events and eight bytes of the caller's, without a gap on x86-64 alone (EPOLL_PACKED). */
const EVENT_LENGTH = process.arch === 'x64' ? 12 : 16;
const DATA_OFFSET = EVENT_LENGTH - 8;

let bound: EpollCalls | undefined;

/** The real calls, through libc. Bound at the first call. */
export function epollCalls(): EpollCalls {
  bound ??= bindEpollCalls();
  return bound;
}

function bindEpollCalls(): EpollCalls {
  const program = koffi.load(null);
  const create = program.func('int epoll_create1(int flags)');
  const control = program.func('int epoll_ctl(int epoll, int operation, int fd, void *event)');
  const wait = program.func('int epoll_wait(int epoll, void *events, int count, int timeout)');
  const event = new Uint8Array(EVENT_LENGTH);
  const view = viewOf(event);
  return {
    create: () => orErrno(create(EPOLL_CLOEXEC)),
    add(epoll, fd) {
      view.setUint32(0, EPOLLIN, littleEndian);
      view.setInt32(DATA_OFFSET, fd, littleEndian);
      return orErrno(control(epoll, EPOLL_CTL_ADD, fd, event));
    },
    remove: (epoll, fd) => orErrno(control(epoll, EPOLL_CTL_DEL, fd, event)),
    next(epoll) {
      const count = orErrno(wait(epoll, event, 1, 0));
      if (count <= 0) return count < 0 ? count : -EAGAIN;
      return view.getInt32(DATA_OFFSET, littleEndian);
    },
    // Level-triggered: who was told of is told of again.
    pause: (epoll, ms) => wait(epoll, event, 1, ms) > 0,
  };
}
