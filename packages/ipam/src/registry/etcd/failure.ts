import { status } from '@grpc/grpc-js';
import { RegistryError } from '../error.js';

/**
 * What a failed call to etcd means.
 *
 * - `unsent`: it never left; nothing was done.
 * - `refused`: etcd answered no; nothing was done; it may say yes later.
 * - `denied`: user, password, role or certificate.
 * - `compacted`: the revision asked for is gone.
 * - `invalid`: the request is wrong.
 * - `lost`: the answer is missing; it may or may not have been done.
 */
export interface Failure {
  readonly kind: 'unsent' | 'refused' | 'denied' | 'compacted' | 'invalid' | 'lost';
  readonly details: string;
}

/**
 * Classifies an error from etcd3 or grpc-js. etcd3 drops the status code when it casts an error, but
 * keeps the text, which grpc-js begins with the code: `14 UNAVAILABLE: …`. Whatever is not known to have
 * had no effect counts as `lost`.
 */
export function classifyFailure(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  const match = /\b(\d{1,2}) [A-Z_]{2,}: ([\s\S]*)$/.exec(message);
  const details = match?.[2] ?? message;
  const code = match ? Number(match[1]) : status.UNKNOWN;
  return { kind: kindOf(code, details), details };
}

function kindOf(code: number, details: string): Failure['kind'] {
  switch (code) {
    case status.PERMISSION_DENIED:
    case status.UNAUTHENTICATED:
      return 'denied';
    case status.INVALID_ARGUMENT:
      // etcd 3.4 answers so when authentication is on and the call has no token or a wrong password.
      return /user name is empty|authentication failed/.test(details) ? 'denied' : 'invalid';
    case status.OUT_OF_RANGE:
      return details.includes('compacted') ? 'compacted' : 'invalid';
    case status.RESOURCE_EXHAUSTED:
      // "database space exceeded", "too many requests": refused before it was proposed to raft. Without
      // the prefix it is the client that refused an answer for its size.
      return details.startsWith('etcdserver:') ? 'refused' : 'lost';
    case status.FAILED_PRECONDITION:
    case status.NOT_FOUND:
      return 'refused';
    case status.UNAVAILABLE:
      return isUnsent(details) ? 'unsent' : 'lost';
    case status.DEADLINE_EXCEEDED:
      return isUnsent(details) ? 'unsent' : 'lost';
    default:
      return 'lost';
  }
}

/** grpc-js 1.14's words for a call that found no connection to go out on. */
function isUnsent(details: string): boolean {
  return /^No connection established|waiting for LB pick|^Name resolution failed/i.test(details);
}

/** The error of a failed read. A read that was lost has simply not happened. */
export function readError(what: string, error: unknown): RegistryError {
  return registryError(what, error, 'UNAVAILABLE');
}

/** The error of a failed write. */
export function writeError(what: string, error: unknown): RegistryError {
  return registryError(what, error, 'AMBIGUOUS');
}

function registryError(
  what: string,
  cause: unknown,
  lost: 'UNAVAILABLE' | 'AMBIGUOUS',
): RegistryError {
  if (cause instanceof RegistryError) return cause;
  const { kind, details } = classifyFailure(cause);
  switch (kind) {
    case 'denied':
      return new RegistryError('PERMISSION', `etcd refuses ${what}: ${details}`, {
        cause,
        remedy: "Check user, password and client certificate, and the user's role in etcd",
      });
    case 'invalid':
    case 'compacted':
      return new RegistryError('INVALID', `etcd rejects ${what}: ${details}`, { cause });
    case 'refused':
      return new RegistryError('UNAVAILABLE', `etcd does not serve ${what}: ${details}`, {
        cause,
        remedy: 'Check the alarms and the space of etcd',
      });
    case 'unsent':
      return new RegistryError('UNAVAILABLE', `etcd is not reached for ${what}: ${details}`, {
        cause,
        remedy: 'Check that etcd runs and that its endpoints are right',
      });
    case 'lost':
      return new RegistryError(lost, lostMessage(what, lost, details), { cause });
  }
}

function lostMessage(what: string, code: 'UNAVAILABLE' | 'AMBIGUOUS', details: string): string {
  if (code === 'UNAVAILABLE') return `etcd does not answer ${what}: ${details}`;
  return `the answer to ${what} was lost, so it may or may not be applied: ${details}`;
}
