import { existsSync, readlinkSync } from 'node:fs';

/** The PID namespace that a machine starts with (PROC_PID_INIT_INO, linux/proc_ns.h). */
const firstPidNamespace = 'pid:[4026531836]';

/**
 * Tells whether a change of the ruleset was made by this process, by the number of the thread that the kernel tells. `undefined` where nobody
 * can tell: the kernel counts threads as the first PID namespace does, and a container's daemon sees other numbers.
 */
export function ownAuthor(): ((thread: number) => boolean) | undefined {
  if (readlinkSync('/proc/self/ns/pid') !== firstPidNamespace) return undefined;
  return (thread) => existsSync(`/proc/self/task/${thread}`);
}
