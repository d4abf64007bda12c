import { kernelError } from '../error.js';
import { CLONE_NEWNET } from '../ffi/constants.js';
import { libc } from '../ffi/libc.js';
import type { Syscalls } from '../ffi/syscalls.js';
import type { Netns } from './netns.js';
import { forgetWayBack } from './way-back.js';

/**
 * Moves the calling thread into a network namespace for good. For a program that lives in one namespace and
 * calls this first of all; everything else wants {@link runInNetns}. Other threads, and with them promises
 * of `node:fs`, stay where they are. Same as starting the program by `nsenter --net=PATH`.
 *
 * @throws {NetlinkError} EPERM and the like when the namespace cannot be entered.
 */
export function enterNetns(netns: Netns, syscalls: Syscalls = libc()): void {
  const result = syscalls.setNamespace(netns.fd, CLONE_NEWNET);
  if (result < 0) throw kernelError(`enter network namespace ${netns.path}`, -result);
  forgetWayBack();
}
