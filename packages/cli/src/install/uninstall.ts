import { dirname, join } from 'node:path';
import { sweep } from './announce.js';
import { readIfThere, removeIfThere, syncDirectory } from './atomic-file.js';
import { conflistName, isPoplinConflist } from './conflist.js';
import { explainFileFault } from './file-fault.js';
import type { FileReport } from './install.js';
import { isShim, shimName } from './shim.js';

/** Where to uninstall from. */
export interface UninstallOptions {
  /** Directory of the CNI plugins, usually /opt/cni/bin. */
  readonly binDir: string;
  /** Directory of the network configurations, usually /etc/cni/net.d. */
  readonly confDir: string;
}

/**
 * Takes away what {@link install} put in place: first the configuration, so that no runtime calls a plugin that
 * is gone. A file under one of these names that is somebody else's stays. The configuration's removal needs no
 * announcement: runtimes act on it.
 *
 * @throws {CliError} FILE or NOT_PERMITTED; what was done before it stays.
 */
export async function uninstall(options: UninstallOptions): Promise<FileReport[]> {
  return [
    await removeOwn(
      join(options.confDir, conflistName),
      (content) => isPoplinConflist(content.toString()),
      'it names no plugin of type poplin',
    ),
    await removeOwn(join(options.binDir, shimName), isShim, 'it is not the shim of Poplin'),
  ];
}

function removeOwn(
  path: string,
  isOwn: (content: Buffer) => boolean,
  whyKept: string,
): Promise<FileReport> {
  return explainFileFault(path, async () => {
    await sweep(dirname(path));
    const content = await readIfThere(path);
    if (!content) return { path, action: 'absent' };
    if (!isOwn(content)) return { path, action: 'kept', why: whyKept };
    await removeIfThere(path);
    await syncDirectory(dirname(path));
    return { path, action: 'removed' };
  });
}
