import { writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { CliError } from '../error.js';
import { type DesiredFile, placeFile, removeIfThere, temporaryPath } from './atomic-file.js';
import { conflistName, conflistText } from './conflist.js';
import { explainFileFault } from './file-fault.js';
import { readShim, shimName } from './shim.js';

/** What was done with a file. */
export type FileAction = 'created' | 'replaced' | 'unchanged' | 'removed' | 'absent' | 'kept';

/** One file and what was done with it. */
export interface FileReport {
  readonly path: string;
  readonly action: FileAction;
  /** Why, where the action alone does not say it. */
  readonly why?: string;
}

/** Where to install to. */
export interface InstallOptions {
  /** Directory of the CNI plugins, usually /opt/cni/bin. */
  readonly binDir: string;
  /** Directory of the network configurations, usually /etc/cni/net.d. */
  readonly confDir: string;
  /** Path of the daemon's socket. */
  readonly socket: string;
  /** Path of the shim; by default the one that was built beside this package. */
  readonly shim?: string | undefined;
}

/** Bytes that the path of a unix socket may have (unix(7): 108 with the terminating NUL). */
const maxSocketPath = 107;

/**
 * Puts the shim in place, then the network configuration, each atomically. What is as it should be is not touched: for a
 * container runtime every change of a configuration is a reload.
 *
 * @throws {CliError} INVALID_ARGUMENT, FILE or NOT_PERMITTED; what was done before it stays.
 */
export async function install(options: InstallOptions): Promise<FileReport[]> {
  checkSocket(options.socket);
  const shim = await readShim(options.shim);
  return [
    await place({ path: join(options.binDir, shimName), content: shim, mode: 0o755 }),
    await placeConflist(join(options.confDir, conflistName), options.socket),
  ];
}

async function placeConflist(path: string, socket: string): Promise<FileReport> {
  const content = Buffer.from(conflistText(socket));
  const report = await place({ path, content, mode: 0o644 });
  if (report.action !== 'unchanged') await explainFileFault(path, () => announce(dirname(path)));
  return report;
}

async function place(file: DesiredFile): Promise<FileReport> {
  const action = await explainFileFault(file.path, () => placeFile(file));
  return { path: file.path, action };
}

/**
 * Makes container runtimes look at the directory. containerd does not act on the CREATE that a rename causes
 * (containerd issue 11715), but does on the WRITE and REMOVE of any file beside it.
 */
async function announce(dir: string): Promise<void> {
  const dummy = temporaryPath(dir);
  await writeFile(dummy, '\n', { flag: 'wx' });
  await removeIfThere(dummy);
}

function checkSocket(socket: string): void {
  if (isAbsolute(socket) && Buffer.byteLength(socket) <= maxSocketPath) return;
  throw new CliError(
    'INVALID_ARGUMENT',
    `the socket "${socket}" is not an absolute path of at most ${maxSocketPath} bytes`,
  );
}
