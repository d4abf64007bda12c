import { dirname, isAbsolute, join } from 'node:path';
import { CliError } from '../error.js';
import { announcing, sweep } from './announce.js';
import { type DesiredFile, placeFile, stateOf } from './atomic-file.js';
import { conflistName } from './conflist.js';
import { type DesiredConflist, desiredConflist } from './desired-conflist.js';
import { explainFileFault } from './file-fault.js';
import { awaitReady, type ReadyOptions } from './ready.js';
import { readShim, shimName } from './shim.js';

/** What was done with a file. */
export type FileAction =
  | 'created'
  | 'replaced'
  /** Somebody had added to it; that stays, and `why` says what changed. */
  | 'updated'
  | 'unchanged'
  | 'removed'
  | 'absent'
  | 'kept';

/** One file and what was done with it. */
export interface FileReport {
  readonly path: string;
  readonly action: FileAction;
  /** Why, where the action alone does not say it. */
  readonly why?: string;
}

/** What to install, and where to. */
export interface InstallOptions {
  /** Directory of the CNI plugins, usually /opt/cni/bin. */
  readonly binDir: string;
  /** Directory of the network configurations, usually /etc/cni/net.d. */
  readonly confDir: string;
  /** Path of the daemon's socket. */
  readonly socket: string;
  /** Path of the shim; by default the one that was built beside this package. */
  readonly shim?: string | undefined;
  /** True to write the default network configuration, whatever is there. */
  readonly replace?: boolean | undefined;
  /** How to wait for the daemon before the network configuration is written; absent: not at all. */
  readonly ready?: Omit<ReadyOptions, 'socket'> | undefined;
}

/** Bytes that the path of a unix socket may have (unix(7): 108 with the terminating NUL). */
const maxSocketPath = 107;

/**
 * Puts the shim in place, waits until the daemon is ready, and puts the network configuration in place, each file
 * atomically. What is as it should be is not touched: for a container runtime every change of a configuration is a
 * reload.
 *
 * @throws {CliError} INVALID_ARGUMENT, FILE, NOT_PERMITTED, or UNREACHABLE, TIMEOUT and REFUSED when the daemon is not
 * ready in time; what was done before it stays.
 */
export async function install(options: InstallOptions): Promise<FileReport[]> {
  const { binDir, confDir, socket, replace = false, ready } = options;
  checkSocket(socket);
  const content = await readShim(options.shim);
  const path = join(confDir, conflistName);
  const conflist = () => explainFileFault(path, () => desiredConflist({ path, socket, replace }));
  // A configuration that has to be refused is so before anything is done.
  await conflist();
  const shim = await placeShim({ path: join(binDir, shimName), content, mode: 0o755 });
  if (ready) await awaitReady({ ...ready, socket });
  return [shim, await placeConflist(await conflist())];
}

function placeShim(file: DesiredFile): Promise<FileReport> {
  return explainFileFault(file.path, async () => {
    await sweep(dirname(file.path));
    return { path: file.path, action: await placeFile(file) };
  });
}

function placeConflist(file: DesiredConflist): Promise<FileReport> {
  const { path, changes } = file;
  const dir = dirname(path);
  return explainFileFault(path, async () => {
    const interrupted = await sweep(dir);
    if (!interrupted && (await stateOf(file)) === 'as desired')
      return { path, action: 'unchanged' };
    const action = await announcing(dir, () => placeFile(file));
    return changes.length > 0
      ? { path, action: 'updated', why: changes.join('; ') }
      : { path, action };
  });
}

function checkSocket(socket: string): void {
  if (isAbsolute(socket) && Buffer.byteLength(socket) <= maxSocketPath) return;
  throw new CliError(
    'INVALID_ARGUMENT',
    `the socket "${socket}" is not an absolute path of at most ${maxSocketPath} bytes`,
  );
}
