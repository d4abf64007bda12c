import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import { kernelError } from '../error.js';
import { fileError } from '../ffi/file-error.js';
import type { Netns } from '../namespace/netns.js';
import { runInNetns } from '../namespace/run-in-netns.js';
import { blockingThread } from '../thread/thread.js';
import { sysctlPath } from './key.js';

/** Where a sysctl is read or written; the namespace that the thread is in by default. */
export interface SysctlOptions {
  readonly netns?: Netns;
}

/**
 * Reads a sysctl, without the line's end. Same as `sysctl -n KEY`.
 *
 * @throws {NetlinkError} INVALID_ARGUMENT for a key outside `net/`, ENOENT when the kernel has no such one.
 */
export function readSysctl(key: string, options: SysctlOptions = {}): string {
  const operation = `read sysctl ${key}`;
  const path = sysctlPath(operation, key);
  return inside(operation, options, () => readFileSync(path, 'utf8').replace(/\n$/, ''));
}

/**
 * Writes a sysctl. Same as `sysctl -w KEY=VALUE`. Some of them wait for RTNL (`forwarding`, `disable_ipv6`), so the event
 * loop does not.
 *
 * @throws {NetlinkError} INVALID_ARGUMENT for a key outside `net/`, ENOENT when the kernel has no such one, EINVAL when it
 * does not take the value, EROFS when /proc/sys is mounted read-only, as in an unprivileged container.
 */
export async function writeSysctl(
  key: string,
  value: string,
  options: SysctlOptions = {},
): Promise<void> {
  const operation = `write sysctl ${key} = ${value}`;
  const path = sysctlPath(operation, key);
  // Neither created nor truncated: the file is a variable of the kernel, of the namespace it is opened in.
  const fd = inside(operation, options, () => openSync(path, constants.O_WRONLY));
  try {
    const result = await blockingThread().run('write', { fd, bytes: Buffer.from(value) });
    if (result < 0) throw kernelError(operation, -result);
  } finally {
    closeSync(fd);
  }
}

function inside<T>(operation: string, { netns }: SysctlOptions, section: () => T): T {
  try {
    return netns ? runInNetns(netns, section) : section();
  } catch (error) {
    throw fileError(operation, error);
  }
}
