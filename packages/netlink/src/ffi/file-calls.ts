import koffi from 'koffi';
import { orErrno } from './or-errno.js';

/**
 * System calls on open descriptors for what `node:fs` does not do: to wait for RTNL on a thread of one's own, or to be
 * told EAGAIN without an exception. Results are those of the kernel: a number of 0 or more, or an error number,
 * negated.
 */
export interface FileCalls {
  /** read(2). Returns how many bytes were read. */
  read(fd: number, buffer: Uint8Array): number;
  /** write(2). Returns how many bytes were taken. */
  write(fd: number, bytes: Uint8Array): number;
  /** ioctl(2) with a structure, which the kernel may change. */
  ioctl(fd: number, request: number, structure: Uint8Array): number;
  /** ioctl(2) with a number. */
  ioctlWithNumber(fd: number, request: number, value: number): number;
}

let bound: FileCalls | undefined;

/** The real calls, through libc. Bound at the first call. */
export function fileCalls(): FileCalls {
  bound ??= bindFileCalls();
  return bound;
}

function bindFileCalls(): FileCalls {
  const program = koffi.load(null);
  const read = program.func('long read(int fd, void *buffer, size_t length)');
  const write = program.func('long write(int fd, const void *bytes, size_t length)');
  const ioctl = program.func('int ioctl(int fd, unsigned long request, _Inout_ void *structure)');
  const ioctlWithNumber = program.func('int ioctl(int fd, unsigned long request, ...)');
  return {
    read: (fd, buffer) => orErrno(read(fd, buffer, buffer.length)),
    write: (fd, bytes) => orErrno(write(fd, bytes, bytes.length)),
    ioctl: (fd, request, structure) => orErrno(ioctl(fd, request, structure)),
    ioctlWithNumber: (fd, request, value) => orErrno(ioctlWithNumber(fd, request, 'long', value)),
  };
}
