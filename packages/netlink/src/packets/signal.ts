import { kernelError } from '../error.js';
import { fileCalls } from '../ffi/file-calls.js';
import { packetCalls } from '../ffi/packet-calls.js';
import { socketCalls } from '../ffi/socket-calls.js';

const EFD_CLOEXEC = 0o2000000;
const EFD_NONBLOCK = 0o4000;

/** Adding 1 to the counter of an eventfd, in any byte order that has it not zero. */
const one = new Uint8Array(8).fill(1, 0, 1);
const counter = new Uint8Array(8);

/** Wakes a thread that waits in poll(2): a counter with a descriptor (eventfd(2)). */
export interface Signal extends Disposable {
  readonly fd: number;
  /** Makes the descriptor readable. */
  raise(): void;
}

/** Makes one. @throws {NetlinkError} EMFILE, ENFILE, ENOMEM. */
export function openSignal(): Signal {
  const fd = packetCalls().eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (fd < 0) throw kernelError('open eventfd', -fd);
  let open = true;
  return {
    fd,
    raise() {
      if (open) fileCalls().write(fd, one);
    },
    [Symbol.dispose]() {
      if (open) socketCalls().close(fd);
      open = false;
    },
  };
}

/** Takes back what was raised, on the thread that was woken. */
export function clearSignal(fd: number): void {
  fileCalls().read(fd, counter);
}
