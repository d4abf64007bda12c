import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
  unlinkSync,
} from 'node:fs';
import { invalidArgument, kernelError, NetlinkError } from '../error.js';
import { fileError } from '../ffi/file-error.js';
import { type NamespaceCalls, namespaceCalls } from '../ffi/namespace-calls.js';
import { type Netns, openNetns } from './netns.js';

/** Where `ip netns` keeps the names: files that namespaces are mounted on (ip-netns(8)). */
export const netnsFolder = '/run/netns';

const EINVAL = 22;
const MS_BIND = 0x1000;
const MS_REC = 0x4000;
const MS_SHARED = 0x10_0000;
const MNT_DETACH = 2;
/** NAME_MAX of the file systems that /run is on. */
const MAX_BYTES = 255;

/** A namespace that has a name. */
export interface NamedNetns {
  readonly name: string;
  readonly path: string;
  /** Inode number, as in `net:[4026531840]`. */
  readonly inode: bigint;
}

/**
 * Gives a namespace a name, under which it lives on until {@link removeNetns}. Same as `ip netns attach NAME PID`.
 *
 * @returns a handle by the name's path.
 * @throws {NetlinkError} EEXIST when the name is taken, EPERM without CAP_SYS_ADMIN, INVALID_ARGUMENT for a bad name.
 * @param calls another kernel, for tests.
 */
export function nameNetns(netns: Netns, name: string, calls = namespaceCalls()): Netns {
  const operation = `name network namespace ${name}`;
  const path = netnsPath(operation, name);
  try {
    mkdirSync(netnsFolder, { mode: 0o755, recursive: true });
    shareFolder(operation, calls);
    closeSync(openSync(path, constants.O_RDONLY | constants.O_CREAT | constants.O_EXCL, 0o444));
  } catch (error) {
    throw fileError(operation, error);
  }
  const result = calls.mount(`/proc/self/fd/${netns.fd}`, path, MS_BIND);
  if (result < 0) {
    unlinkSync(path);
    throw kernelError(operation, -result);
  }
  return openNetns(path);
}

/**
 * Takes a name away. The namespace goes when nothing else holds it: no process, no handle, no link of a pair. Same as
 * `ip netns delete NAME`.
 *
 * @throws {NetlinkError} ENOENT when there is no such name, EPERM without CAP_SYS_ADMIN, INVALID_ARGUMENT.
 * @param calls another kernel, for tests.
 */
export function removeNetns(name: string, calls = namespaceCalls()): void {
  const operation = `remove network namespace ${name}`;
  const path = netnsPath(operation, name);
  const result = calls.unmount(path, MNT_DETACH);
  // Not mounted: the file of a `netns add` that was cut short.
  if (result < 0 && result !== -EINVAL) throw kernelError(operation, -result);
  try {
    unlinkSync(path);
  } catch (error) {
    throw fileError(operation, error);
  }
}

/** The namespaces that have a name, in the order of their names. Same as `ip netns list`. */
export function listNetns(): NamedNetns[] {
  if (!existsSync(netnsFolder)) return [];
  return readdirSync(netnsFolder)
    .sort()
    .flatMap((name) => {
      const path = `${netnsFolder}/${name}`;
      const found = statSync(path, { bigint: true, throwIfNoEntry: false });
      return found ? [{ name, path, inode: found.ino }] : [];
    });
}

/** Refuses a name that is taken, or cannot be one. @throws {NetlinkError} EEXIST, INVALID_ARGUMENT. */
export function refuseTakenName(operation: string, name: string): void {
  if (!existsSync(netnsPath(operation, name))) return;
  throw new NetlinkError('EEXIST', operation, 'the name is taken', {
    errno: 17,
    remedy: `Choose another, or remove it: ip netns delete ${name}`,
  });
}

function netnsPath(operation: string, name: string): string {
  const bytes = Buffer.byteLength(name);
  if (bytes === 0 || bytes > MAX_BYTES || name === '.' || name === '..' || /[/\0]/.test(name)) {
    throw invalidArgument(
      operation,
      `${JSON.stringify(name)} cannot be the name of a namespace`,
      `Use 1 to ${MAX_BYTES} bytes without "/"`,
    );
  }
  return `${netnsFolder}/${name}`;
}

/**
 * Makes the folder a shared mount, as iproute2 does: a namespace that is mounted or unmounted there is so in every mount
 * namespace at once. Else those that copied the mounts would hold it for ever.
 */
function shareFolder(operation: string, calls: NamespaceCalls): void {
  const share = (): number => calls.mount('', netnsFolder, MS_SHARED | MS_REC);
  let result = share();
  if (result === -EINVAL) {
    result = calls.mount(netnsFolder, netnsFolder, MS_BIND | MS_REC);
    if (result >= 0) result = share();
  }
  if (result < 0) throw kernelError(operation, -result);
}
