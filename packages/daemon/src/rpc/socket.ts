import { chmod, lstat, mkdir, rename, stat, unlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { type Claim, claimPath, inUse } from './claim.js';
import { RpcError } from './error.js';
import { ownIdentity } from './process-identity.js';

/** A socket path that is ours. */
export interface TakenSocket extends AsyncDisposable {
  /** Where to listen first; {@link publish} moves it to its name. */
  readonly listenPath: string;
  /** Makes the listening socket 0600 and gives it its name, in place of a stale one. */
  publish(): Promise<void>;
  /** Takes the name away, if it is still ours. New callers learn at once that nobody is there. */
  withdraw(): Promise<void>;
  /** Withdraws, and lets another daemon have the path. May be called again. */
  release(): Promise<void>;
}

/** Bytes of sun_path in sockaddr_un, less the terminating zero: unix(7). */
const maxPathBytes = 107;

/** What {@link TakenSocket.listenPath} adds to the path. */
const suffix = '.new';

/**
 * Takes a socket path for this process: makes its directory (0750), refuses when a live daemon has it, and
 * takes over what a dead one left.
 *
 * The socket is made under another name and renamed when it listens and has its mode, so that nobody
 * ever connects to one that is half made, and no umask is changed for the whole process.
 *
 * @throws {RpcError} SOCKET_IN_USE, SOCKET_UNUSABLE.
 */
export async function takeSocket(path: string): Promise<TakenSocket> {
  checkLength(path);
  const claim = await unusableUnless(path, async () => {
    await mkdir(dirname(path), { recursive: true, mode: 0o750 });
    return claimPath(path, await ownIdentity());
  });
  try {
    await unusableUnless(path, () => refuseLive(path));
    await remove(path + suffix);
  } catch (error) {
    await claim.release();
    throw error;
  }
  return takenSocket(path, claim);
}

function takenSocket(path: string, claim: Claim): TakenSocket {
  const listenPath = path + suffix;
  let inode: bigint | undefined;
  const withdraw = async (): Promise<void> => {
    const own = inode;
    inode = undefined;
    if (own !== undefined && (await inodeOf(path)) === own) await remove(path);
  };
  const release = async (): Promise<void> => {
    await withdraw();
    await remove(listenPath);
    await claim.release();
  };
  return {
    listenPath,
    async publish() {
      await chmod(listenPath, 0o600);
      inode = await inodeOf(listenPath);
      await rename(listenPath, path);
    },
    withdraw,
    release,
    [Symbol.asyncDispose]: release,
  };
}

/** Refuses a path where somebody listens, or that is something else than a socket. */
async function refuseLive(path: string): Promise<void> {
  const found = await lstat(path).catch(absent);
  if (found === undefined) return;
  if (!found.isSocket()) throw unusable(path, 'it exists and is no socket');
  const refusal = await tryConnect(path);
  if (refusal === 'ECONNREFUSED' || refusal === 'ENOENT') return;
  // EAGAIN: somebody listens, but its backlog is full.
  if (refusal === undefined || refusal === 'EAGAIN') throw inUse(path, undefined);
  throw unusable(path, `whether it is live cannot be told: ${refusal}`);
}

/** The error code of a connection attempt; `undefined` when somebody answered. */
function tryConnect(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

function checkLength(path: string): void {
  const most = maxPathBytes - suffix.length;
  const bytes = Buffer.byteLength(path);
  if (bytes > most) throw unusable(path, `it has ${bytes} bytes, and ${most} is the most`);
}

async function unusableUnless<T>(path: string, attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (error instanceof RpcError) throw error;
    throw unusable(path, error instanceof Error ? error.message : String(error), error);
  }
}

function unusable(path: string, reason: string, cause?: unknown): RpcError {
  return new RpcError('SOCKET_UNUSABLE', `socket ${path} cannot be used: ${reason}`, {
    remedy: 'Give another path by --socket, or put right what is in the way',
    cause,
  });
}

async function inodeOf(path: string): Promise<bigint | undefined> {
  return (await stat(path, { bigint: true }).catch(absent))?.ino;
}

async function remove(path: string): Promise<void> {
  await unlink(path).catch(absent);
}

function absent(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
