import koffi from 'koffi';
import { SO_ATTACH_FILTER, SOL_SOCKET } from './constants.js';
import { orErrno } from './or-errno.js';
import type { Syscalls } from './syscalls.js';

/** ioctl request of ioctl_nsfs(2): `_IO(0xb7, 3)`. */
const NS_GET_NSTYPE = 0xb703;

/** Length of one instruction, `struct sock_filter`. */
const SOCK_FILTER_LENGTH = 8;

/** Length of `struct sockaddr_nl`. */
const SOCKADDR_NL_LENGTH = 12;

let bound: Syscalls | undefined;

/** The real system calls, through libc. Bound at the first call. */
export function libc(): Syscalls {
  bound ??= bindLibc();
  return bound;
}

function bindLibc(): Syscalls {
  const program = koffi.load(null);
  const socket = program.func('int socket(int domain, int type, int protocol)');
  const bind = program.func('int bind(int fd, const void *address, unsigned int length)');
  const getsockname = program.func('int getsockname(int fd, void *address, void *address_length)');
  const send = program.func('long send(int fd, const void *bytes, size_t length, int flags)');
  const recvfrom = program.func(
    'long recvfrom(int fd, void *buffer, size_t length, int flags, void *address, void *address_length)',
  );
  const setsockopt = program.func(
    'int setsockopt(int fd, int level, int name, const void *value, unsigned int length)',
  );
  const filterProgram = koffi.struct({ length: 'uint16_t', instructions: 'const void *' });
  const attachFilter = program.func('setsockopt', 'int', [
    ...['int', 'int', 'int'],
    koffi.pointer(filterProgram),
    'unsigned int',
  ]);
  const close = program.func('int close(int fd)');
  const setns = program.func('int setns(int fd, int type)');
  const ioctl = program.func('int ioctl(int fd, unsigned long request, ...)');

  const option = new Int32Array(1);
  const senderLength = new Uint32Array(1);
  return {
    socket: (domain, type, protocol) => orErrno(socket(domain, type, protocol)),
    bind: (fd, address) => orErrno(bind(fd, address, address.length)),
    socketName: (fd, address) => orErrno(getsockname(fd, address, Uint32Array.of(address.length))),
    attachFilter(fd, instructions) {
      const structure = { length: instructions.length / SOCK_FILTER_LENGTH, instructions };
      const size = koffi.sizeof(filterProgram);
      return orErrno(attachFilter(fd, SOL_SOCKET, SO_ATTACH_FILTER, structure, size));
    },
    send: (fd, datagram) => orErrno(send(fd, datagram, datagram.length, 0)),
    receive(fd, buffer, flags, sender) {
      senderLength[0] = SOCKADDR_NL_LENGTH;
      return orErrno(recvfrom(fd, buffer, buffer.length, flags, sender, senderLength));
    },
    setSocketOption(fd, level, name, value) {
      option[0] = value;
      return orErrno(setsockopt(fd, level, name, option, option.byteLength));
    },
    close: (fd) => orErrno(close(fd)),
    setNamespace: (fd, type) => orErrno(setns(fd, type)),
    namespaceType: (fd) => orErrno(ioctl(fd, NS_GET_NSTYPE, 'long', 0)),
  };
}
