import { constants, type FileHandle, open } from 'node:fs/promises';
import { DelRequest } from '@poplin/api';

/** Suffix of a tombstone: a note of a DEL that the daemon did not hear. */
export const tombstoneSuffix = '.del';

/**
 * What a file in the place of a tombstone turned out to be. Only an absent one may be left alone; garbage tells
 * nobody anything.
 */
export type TombstoneContent =
  | { readonly kind: 'request'; readonly request: DelRequest }
  | { readonly kind: 'garbage'; readonly why: string }
  | { readonly kind: 'absent' };

/** Bytes that a note can have: the configuration is at most 1 MiB, and the environment of a process less than that. */
const maxBytes = 4 << 20;

/**
 * Reads a tombstone.
 *
 * @throws {Error} the system's, for a file that is there and cannot be read.
 */
export async function readTombstone(path: string): Promise<TombstoneContent> {
  let file: FileHandle;
  try {
    // A pipe of that name would keep the open waiting; a link leads to somebody else's file.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { kind: 'absent' };
    if (code === 'ELOOP' || code === 'ENXIO') return { kind: 'garbage', why: 'it is no file' };
    throw error;
  }
  try {
    const stat = await file.stat();
    if (!stat.isFile()) return { kind: 'garbage', why: 'it is no file' };
    if (stat.size > maxBytes) return { kind: 'garbage', why: `it has ${stat.size} bytes` };
    return decode(await file.readFile());
  } finally {
    await file.close();
  }
}

function decode(bytes: Uint8Array): TombstoneContent {
  try {
    const request = DelRequest.decode(bytes);
    if (request.containerId === '') return { kind: 'garbage', why: 'it names no container' };
    if (request.ifname === '') return { kind: 'garbage', why: 'it names no interface' };
    return { kind: 'request', request };
  } catch (error) {
    return { kind: 'garbage', why: `it is no DelRequest: ${String(error)}` };
  }
}
