import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readFile, rename, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errnoOf } from '../error.js';

/** A file as it should be. */
export interface DesiredFile {
  readonly path: string;
  readonly content: Buffer;
  /** Permission bits, for example 0o755. */
  readonly mode: number;
}

/** What had to be done for a file to be as desired. */
export type Placement = 'created' | 'replaced' | 'unchanged';

/**
 * Makes a file have this content and mode. Whoever opens the path sees the old file or the new one, never
 * part of either, also after a crash or a power loss. A file that is as desired is not touched.
 */
export async function placeFile(desired: DesiredFile): Promise<Placement> {
  const before = await stateOf(desired);
  if (before === 'as desired') return 'unchanged';
  const dir = dirname(desired.path);
  await mkdir(dir, { recursive: true, mode: 0o755 });
  const temporary = temporaryPath(dir);
  try {
    await writeDurably(temporary, desired);
    await rename(temporary, desired.path);
  } catch (error) {
    await removeIfThere(temporary);
    throw error;
  }
  await syncDirectory(dir);
  return before === 'absent' ? 'created' : 'replaced';
}

/**
 * A new path in a directory, for a file that lives for a moment. The same directory, because a rename must stay on one
 * file system; a name that no container runtime takes for a network configuration.
 */
export function temporaryPath(dir: string): string {
  return join(dir, `.poplin-${randomBytes(6).toString('hex')}.tmp`);
}

/** Tells whether a name is one that {@link temporaryPath} gives. */
export function isTemporary(name: string): boolean {
  return /^\.poplin-[0-9a-f]{12}\.tmp$/.test(name);
}

/** Removes a file; tells whether it was there. */
export async function removeIfThere(path: string): Promise<boolean> {
  try {
    await unlink(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Content of a file, or `undefined` when there is none. */
export async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Makes the names in a directory survive a power loss. */
export async function syncDirectory(dir: string): Promise<void> {
  await withFile(dir, 'r', undefined, (handle) => handle.sync());
}

/** Compares what is at a path with what should be there. */
export async function stateOf(desired: DesiredFile): Promise<'absent' | 'other' | 'as desired'> {
  const content = await readIfThere(desired.path);
  if (!content) return 'absent';
  const { mode } = await stat(desired.path);
  const same = content.equals(desired.content) && (mode & 0o7777) === desired.mode;
  return same ? 'as desired' : 'other';
}

async function writeDurably(path: string, desired: DesiredFile): Promise<void> {
  await withFile(path, 'wx', 0o600, async (handle) => {
    await handle.writeFile(desired.content);
    // Not by open(2): the umask would have its say.
    await handle.chmod(desired.mode);
    await handle.sync();
  });
}

async function withFile(
  path: string,
  flags: string,
  mode: number | undefined,
  use: (handle: FileHandle) => Promise<void>,
): Promise<void> {
  const handle = await open(path, flags, mode);
  try {
    await use(handle);
  } finally {
    await handle.close();
  }
}
