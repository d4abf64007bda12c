import type { Etcd3 } from 'etcd3';
import { aborted, checkSignal } from '../check.js';
import { RegistryError } from '../error.js';
import type { EtcdConnection } from './connection.js';
import type { Contact } from './contact.js';
import { classifyFailure, readError, writeError } from './failure.js';

/** Unary calls to etcd, each with the member that answers. */
export interface EtcdCalls {
  /** A call without effect, tried at each member in turn. @throws {RegistryError} UNAVAILABLE, PERMISSION, INVALID, ABORTED, CLOSED. */
  read<T extends Answer>(what: string, call: Call<T>, signal?: AbortSignal): Promise<T>;
  /**
   * A call with an effect, sent once: another member is tried only where it certainly never left.
   *
   * @throws {RegistryError} AMBIGUOUS, and as `read`.
   */
  write<T extends Answer>(what: string, call: Call<T>, signal?: AbortSignal): Promise<T>;
  close(): void;
}

/** What every answer of etcd has. */
export interface Answer {
  readonly header?: { readonly revision: string } | undefined;
}

/** One call to one member. */
export type Call<T> = (client: Etcd3) => Promise<T>;

/** Calls over a connection. */
export function createCalls(connection: EtcdConnection, contact: Contact): EtcdCalls {
  let closed = false;
  const attempt = async <T extends Answer>(
    what: string,
    call: Call<T>,
    mode: 'read' | 'write',
    signal: AbortSignal | undefined,
  ): Promise<T> => {
    for (let tries = 1; ; tries++) {
      if (closed) throw new RegistryError('CLOSED', `${what}: the registry was closed`);
      checkSignal(signal, what);
      const client = connection.current();
      const { replaced } = connection;
      try {
        const answered = unlessReplaced(call(client), replaced);
        const answer = await untilAborted(answered, what, mode, signal);
        contact.up(answer.header && BigInt(answer.header.revision));
        return answer;
      } catch (error) {
        if (error instanceof RegistryError) throw error;
        // No word of etcd's. A read simply has not happened.
        if (replaced.aborted) {
          if (mode === 'read') continue;
          throw writeError(what, error);
        }
        const { kind } = classifyFailure(error);
        if (kind === 'unsent' || kind === 'lost') {
          connection.failed(client);
          if (!closed) contact.down(error);
        }
        const again = kind === 'unsent' || (kind === 'lost' && mode === 'read');
        if (again && tries < connection.size) continue;
        throw mode === 'read' ? readError(what, error) : writeError(what, error);
      }
    }
  };
  return {
    read: (what, call, signal) => attempt(what, call, 'read', signal),
    write: (what, call, signal) => attempt(what, call, 'write', signal),
    close() {
      closed = true;
    },
  };
}

/** Waits for an answer no longer than its client is in use. */
function unlessReplaced<T>(answer: Promise<T>, replaced: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onReplaced = (): void => reject(new Error('14 UNAVAILABLE: the connection was given up'));
    replaced.addEventListener('abort', onReplaced, { once: true });
    answer.then(resolve, reject).finally(() => replaced.removeEventListener('abort', onReplaced));
  });
}

/** grpc-js calls behind etcd3 cannot be cancelled: the wait ends, the call runs on to its deadline. */
async function untilAborted<T>(
  promise: Promise<T>,
  what: string,
  mode: 'read' | 'write',
  signal: AbortSignal | undefined,
): Promise<T> {
  if (!signal) return promise;
  let onAbort: (() => void) | undefined;
  const abort = new Promise<never>((_, reject) => {
    onAbort = () => {
      const error = aborted(what, signal);
      reject(mode === 'read' ? error : ambiguous(what, error));
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, abort]);
  } finally {
    if (onAbort) signal.removeEventListener('abort', onAbort);
  }
}

function ambiguous(what: string, cause: RegistryError): RegistryError {
  return new RegistryError('AMBIGUOUS', `${what} was given up on its way, so it may be applied`, {
    cause,
  });
}
