import { closeSync, fsyncSync, openSync, renameSync, rmSync, unlinkSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Replaces a file so that a reader, and a crash of this process at any moment, sees the old content or the new, whole.
 * Synchronous: the files are small, and a caller may hold no lock.
 *
 * @param survives - `power failure`: the content is on disk when this returns. `crash`: the kernel has it; for what a
 *   reboot ends anyway.
 * @param mode - permission bits of the file.
 * @throws {Error} the system's, with its code; the old file is untouched then.
 */
export function replaceFile(
  path: string,
  content: string,
  survives: 'crash' | 'power failure',
  mode = 0o600,
): void {
  const durable = survives === 'power failure';
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = openSync(temporary, 'w', mode);
    try {
      writeSync(file, content);
      if (durable) fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  if (durable) syncDirectory(dirname(path));
}

/**
 * Makes a file that is not there yet, quicker than {@link replaceFile} would. A crash of this process may leave it
 * empty, never in part. Mode 0600.
 *
 * @returns false when there is one already; it is untouched then.
 * @throws {Error} the system's, with its code; there is no file then.
 */
export function createFile(path: string, content: string): boolean {
  let file: number;
  try {
    file = openSync(path, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  try {
    writeSync(file, content);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  return true;
}

/** Removes a file, quicker than `rmSync` would; one that is not there is removed already. @throws {Error} the system's, with its code. */
export function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** Makes renames and removals in a directory durable. */
function syncDirectory(path: string): void {
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
