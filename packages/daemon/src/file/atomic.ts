import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
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

/** Makes renames and removals in a directory durable. */
function syncDirectory(path: string): void {
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
