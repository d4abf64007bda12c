import { constants } from 'node:fs';
import { open, readdir, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { RpcError } from './error.js';
import { isAlive, type ProcessIdentity } from './process-identity.js';

/** The right of one process to serve on a path. */
export interface Claim {
  release(): Promise<void>;
}

/**
 * Claims a path for this process. Node has no flock(2), so a claim is a file beside the path whose name tells
 * its owner: `poplin.sock.lock.<pid>.<start time>.<boot>`. Who wants the path first makes its file, then
 * looks for others, and has the path only when no other owner is alive.
 *
 * Of two that start at once, the one whose file came second sees the first, so never do both win; it can
 * be that neither does. A file left by `kill -9` or a reboot names a process that is no more; it is
 * deleted on sight, which can hurt nobody, since a name never comes back.
 *
 * The owner must be of this PID namespace to be recognised. Daemons in different ones are still kept apart
 * by the connection probe of {@link takeSocket}, except in the moment before the first of them listens.
 *
 * @throws {RpcError} SOCKET_IN_USE with the owner's pid.
 */
export async function claimPath(
  path: string,
  self: ProcessIdentity,
  alive: (owner: ProcessIdentity) => Promise<boolean> = isAlive,
): Promise<Claim> {
  const own = `${path}.lock.${self.pid}.${self.startTime}.${self.boot}`;
  await createFile(own, path, self);
  try {
    for (const { file, owner } of await otherClaims(path, own)) {
      if (await alive(owner)) throw inUse(path, owner.pid);
      await unlinkIfThere(file);
    }
  } catch (error) {
    await unlinkIfThere(own);
    throw error;
  }
  return { release: () => unlinkIfThere(own) };
}

/** The error for a path that another live daemon has. */
export function inUse(path: string, pid: number | undefined): RpcError {
  const who = pid === undefined ? 'another live daemon' : `a live daemon, process ${pid}`;
  return new RpcError('SOCKET_IN_USE', `socket ${path} is in use by ${who}`, {
    remedy: 'Stop that daemon first, or give this one another --socket',
  });
}

async function createFile(file: string, path: string, self: ProcessIdentity): Promise<void> {
  try {
    const flags = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY;
    await (await open(file, flags, 0o600)).close();
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') throw inUse(path, self.pid);
    throw cause;
  }
}

async function otherClaims(
  path: string,
  own: string,
): Promise<{ file: string; owner: ProcessIdentity }[]> {
  const prefix = `${basename(path)}.lock.`;
  const names = await readdir(dirname(path));
  return names.flatMap((name) => {
    const file = join(dirname(path), name);
    const owner = name.startsWith(prefix) ? parseOwner(name.slice(prefix.length)) : undefined;
    return owner === undefined || file === own ? [] : [{ file, owner }];
  });
}

function parseOwner(text: string): ProcessIdentity | undefined {
  const match = /^(\d+)\.(\d+)\.([0-9a-f-]+)$/.exec(text);
  if (!match) return undefined;
  const [, pid, startTime = '', boot = ''] = match;
  return { pid: Number(pid), startTime, boot };
}

/** Another starter may have deleted the same dead claim a moment ago. */
async function unlinkIfThere(file: string): Promise<void> {
  await unlink(file).catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw error;
  });
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
