import koffi from 'koffi';
import { orErrno } from './or-errno.js';

/**
 * System calls that make namespaces and give them names. Results are those of the kernel: 0 or more, or an error
 * number, negated.
 */
export interface NamespaceCalls {
  /** unshare(2) of the calling thread. */
  unshare(flags: number): number;
  /** setns(2) of the calling thread. */
  setNamespace(fd: number, type: number): number;
  /** mount(2) with MS_* flags, without a file system type and data. */
  mount(source: string, target: string, flags: number): number;
  /** umount2(2) with MNT_* flags. */
  unmount(target: string, flags: number): number;
}

let bound: NamespaceCalls | undefined;

/** The real calls, through libc. Bound at the first call. */
export function namespaceCalls(): NamespaceCalls {
  bound ??= bindNamespaceCalls();
  return bound;
}

function bindNamespaceCalls(): NamespaceCalls {
  const program = koffi.load(null);
  const unshare = program.func('int unshare(int flags)');
  const setns = program.func('int setns(int fd, int type)');
  const mount = program.func(
    'int mount(const char *source, const char *target, const char *type, unsigned long flags, const void *data)',
  );
  const umount2 = program.func('int umount2(const char *target, int flags)');
  return {
    unshare: (flags) => orErrno(unshare(flags)),
    setNamespace: (fd, type) => orErrno(setns(fd, type)),
    mount: (source, target, flags) => orErrno(mount(source, target, 'none', flags, null)),
    unmount: (target, flags) => orErrno(umount2(target, flags)),
  };
}
