import { closeSync, constants, fstatSync, openSync, statfsSync } from 'node:fs';
import { closedError, invalidArgument, kernelError, NetlinkError } from '../error.js';
import { CLONE_NEWNET, NSFS_MAGIC } from '../ffi/constants.js';
import { fileError } from '../ffi/file-error.js';
import { libc } from '../ffi/libc.js';
import { Hold } from '../hold.js';

/** open(2) flag that gives a handle on a file without opening it; Node does not name it. */
const O_PATH = 0o10000000;

/**
 * The namespace that the calling thread is in. Not `/proc/self`: that is the main thread's, whoever asks.
 */
export const currentNetnsPath = '/proc/thread-self/ns/net';

/** An open network namespace. It lives at least as long as this handle. */
export interface Netns extends Disposable {
  /** Open file descriptor of the namespace. @throws {NetlinkError} CLOSED after disposal. */
  readonly fd: number;
  /** Device number of the nsfs instance; with {@link inode} it names the namespace. */
  readonly device: bigint;
  /** Inode number, as in `net:[4026531840]`. */
  readonly inode: bigint;
  /** The path it was opened by. */
  readonly path: string;
  /**
   * Keeps the descriptor open until the hold is disposed, also past the disposal of this handle: for requests under way
   * that carry its number. @throws {NetlinkError} CLOSED after disposal.
   */
  hold(): Disposable;
}

/**
 * Opens a network namespace by a path: `/run/netns/NAME`, `/proc/PID/ns/net`.
 *
 * The file is not opened before it is known to be a namespace, so a path to a device or a FIFO does no harm.
 *
 * @throws {NetlinkError} ENOENT and the like when there is no such file, NOT_A_NAMESPACE when it is something else,
 * NAMESPACE_SELF when it is the one the thread is in and `refuseOwn` is set.
 */
export function openNetns(path: string, options: { readonly refuseOwn?: boolean } = {}): Netns {
  const netns = openFile(path, `open network namespace ${path}`);
  try {
    if (options.refuseOwn) refuseOwn(netns);
    return netns;
  } catch (error) {
    netns[Symbol.dispose]();
    throw error;
  }
}

/**
 * Opens the network namespace of a process. Same as `ip netns attach`, without the name.
 *
 * @throws {NetlinkError} ESRCH when there is no such process, or it has ended; EACCES when it is somebody else's;
 * INVALID_ARGUMENT for what is no process id.
 */
export function openNetnsOfPid(pid: number): Netns {
  const operation = `open network namespace of process ${pid}`;
  if (!Number.isInteger(pid) || pid < 1) throw invalidArgument(operation, 'a pid is 1 or more');
  try {
    return openFile(`/proc/${pid}/ns/net`, operation);
  } catch (error) {
    if (!(error instanceof NetlinkError) || error.code !== 'ENOENT') throw error;
    throw new NetlinkError('ESRCH', operation, 'there is no such process', {
      errno: 3,
      cause: error,
    });
  }
}

/**
 * Opens a network namespace by a descriptor of this process, which stays as it is: the handle has one of its own.
 *
 * @throws {NetlinkError} EBADF when the descriptor is not open, NOT_A_NAMESPACE when it is of something else.
 */
export function openNetnsOfFd(fd: number): Netns {
  const operation = `open network namespace of descriptor ${fd}`;
  if (!Number.isInteger(fd) || fd < 0)
    throw invalidArgument(operation, 'a descriptor is 0 or more');
  try {
    return openFile(`/proc/self/fd/${fd}`, operation);
  } catch (error) {
    if (!(error instanceof NetlinkError) || error.code !== 'ENOENT') throw error;
    throw new NetlinkError('EBADF', operation, 'it is not open', { errno: 9, cause: error });
  }
}

/** A handle that takes over a descriptor of a network namespace. */
export function netnsOfFd(fd: number): Netns {
  return handleOf(fd, `/proc/self/fd/${fd}`, identityOf(fd));
}

/** The network namespace that the calling thread is in. */
export function currentNetns(): Netns {
  return openNetns(currentNetnsPath);
}

/** Tells whether two handles are of one namespace, whatever paths they were opened by. */
export function sameNetns(a: Netns, b: Netns): boolean {
  return a.inode === b.inode && a.device === b.device;
}

function openFile(path: string, operation: string): Netns {
  let located: number | undefined;
  let fd: number | undefined;
  try {
    located = openSync(path, O_PATH);
    const identity = identityOf(located);
    if (!isOnNsfs(located, identity.device)) throw notANamespace(operation);
    fd = openSync(`/proc/self/fd/${located}`, constants.O_RDONLY);
    requireNetworkType(fd, operation);
    return handleOf(fd, path, identity);
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    throw fileError(operation, error);
  } finally {
    if (located !== undefined) closeSync(located);
  }
}

/** Device number of the file system that namespaces are files of, once known: the kernel has one, and mounts it once. */
let nsfs: bigint | undefined;

function isOnNsfs(fd: number, device: bigint): boolean {
  if (device === nsfs) return true;
  if (statfsSync(`/proc/self/fd/${fd}`).type !== NSFS_MAGIC) return false;
  nsfs = device;
  return true;
}

function identityOf(fd: number): Pick<Netns, 'device' | 'inode'> {
  const { dev: device, ino: inode } = fstatSync(fd, { bigint: true });
  return { device, inode };
}

function requireNetworkType(fd: number, operation: string): void {
  const type = libc().namespaceType(fd);
  if (type < 0) throw kernelError(operation, -type);
  if (type !== CLONE_NEWNET) throw notANamespace(operation);
}

function handleOf(
  openFd: number,
  path: string,
  { device, inode }: Pick<Netns, 'device' | 'inode'>,
): Netns {
  return new NetnsHandle(openFd, path, device, inode);
}

/** A class, since every pod has some: V8 makes object literals with getters and computed names one property at a time. */
class NetnsHandle implements Netns {
  readonly path: string;
  readonly device: bigint;
  readonly inode: bigint;
  readonly #fd: number;
  #users = 1;
  #disposed = false;

  constructor(fd: number, path: string, device: bigint, inode: bigint) {
    this.#fd = fd;
    this.path = path;
    this.device = device;
    this.inode = inode;
  }

  get fd(): number {
    this.#refuseDisposed();
    return this.#fd;
  }

  hold(): Disposable {
    this.#refuseDisposed();
    this.#users += 1;
    return new Hold(() => this.#release());
  }

  [Symbol.dispose](): void {
    if (!this.#disposed) this.#release();
    this.#disposed = true;
  }

  #release(): void {
    this.#users -= 1;
    if (this.#users === 0) closeSync(this.#fd);
  }

  #refuseDisposed(): void {
    if (!this.#disposed) return;
    throw closedError(`use network namespace ${this.path}`, 'namespace handle');
  }
}

function refuseOwn(netns: Netns): void {
  const own = currentNetns();
  own[Symbol.dispose]();
  if (!sameNetns(netns, own)) return;
  throw new NetlinkError(
    'NAMESPACE_SELF',
    `open network namespace ${netns.path}`,
    'it is the namespace that this process is in',
    { remedy: 'Give the path of another namespace, for example /run/netns/NAME' },
  );
}

function notANamespace(operation: string): NetlinkError {
  return new NetlinkError('NOT_A_NAMESPACE', operation, 'the file is no network namespace', {
    remedy: 'Give a path such as /run/netns/NAME or /proc/PID/ns/net',
  });
}
