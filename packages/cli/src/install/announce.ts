import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../error.js';
import { isTemporary, removeIfThere, temporaryPath } from './atomic-file.js';

/** Age at which a temporary file belongs to nobody any more, milliseconds. */
const abandonedMs = 60_000;

/**
 * Changes a directory of network configurations so that container runtimes look at it. containerd does not act on the
 * CREATE that a rename causes (containerd issue 11715), but does on the WRITE and REMOVE of any file beside it.
 *
 * The dummy file is there before the change: a run that is cut short leaves it to the next one's {@link sweep}.
 */
export async function announcing<T>(dir: string, change: () => Promise<T>): Promise<T> {
  await mkdir(dir, { recursive: true, mode: 0o755 });
  const dummy = temporaryPath(dir);
  try {
    await writeFile(dummy, '', { flag: 'wx' });
    const result = await change();
    await writeFile(dummy, '\n');
    return result;
  } finally {
    await removeIfThere(dummy);
  }
}

/**
 * Removes the temporary files that an interrupted run left in a directory. True when there were any, also ones so young
 * that they may be those of a run beside this one: what that run had to announce is then not certain to have been.
 */
export async function sweep(dir: string): Promise<boolean> {
  const names = (await namesIn(dir)).filter(isTemporary);
  for (const name of names) {
    const path = join(dir, name);
    if (await isAbandoned(path)) await removeIfThere(path);
  }
  return names.length > 0;
}

async function isAbandoned(path: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(path)).mtimeMs > abandonedMs;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}

async function namesIn(dir: string): Promise<readonly string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}
