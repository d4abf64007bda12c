import { type ServiceError, status } from '@grpc/grpc-js';
import { ErrorInfo, Status } from '@poplin/api';
import { CliError } from '../error.js';
import type { DaemonOptions } from './connection.js';

/** Trailer with the rich form of an error: an encoded google.rpc.Status. */
const detailsKey = 'grpc-status-details-bin';

/** Turns the end of a gRPC call into the error that a person reads. */
export function failureOf(error: ServiceError, purpose: string, daemon: DaemonOptions): CliError {
  const info = errorInfoOf(error);
  const options = { cause: error, reason: info?.reason };
  if (info) return new CliError('REFUSED', `cannot ${purpose}: ${error.details}`, options);
  if (error.code === status.UNAVAILABLE) {
    const why = connectFault(error.details);
    return new CliError(
      'UNREACHABLE',
      `cannot ${purpose}: poplind does not answer on ${daemon.socket}: ${why.fault}`,
      { ...options, remedy: why.remedy },
    );
  }
  if (error.code === status.DEADLINE_EXCEEDED) {
    return new CliError(
      'TIMEOUT',
      `cannot ${purpose}: poplind on ${daemon.socket} did not answer within ${daemon.timeoutMs / 1000} s`,
      { ...options, remedy: 'Its log says what it waits for: journalctl -u poplind' },
    );
  }
  return new CliError(
    'REFUSED',
    `cannot ${purpose}: ${error.details || status[error.code]} (gRPC status ${status[error.code]})`,
    options,
  );
}

const startIt = 'Is poplind running? Try: systemctl status poplind. Another socket: --socket PATH';

/** What grpc-js says about a connection that failed holds the errno somewhere in a long text. */
function connectFault(text: string): { fault: string; remedy: string } {
  if (text.includes('ENOENT')) return { fault: 'the socket does not exist', remedy: startIt };
  if (text.includes('ECONNREFUSED')) return { fault: 'nobody listens there', remedy: startIt };
  if (text.includes('EACCES') || text.includes('EPERM')) {
    return { fault: 'this user may not use the socket', remedy: 'Run it as root, with sudo' };
  }
  return { fault: text, remedy: startIt };
}

/** The first ErrorInfo among the details. An answer that cannot be decoded has none. */
function errorInfoOf(error: ServiceError): ErrorInfo | undefined {
  const [bytes] = error.metadata.get(detailsKey);
  if (!Buffer.isBuffer(bytes)) return undefined;
  try {
    const any = Status.decode(bytes).details.find((detail) =>
      detail.typeUrl.endsWith('/google.rpc.ErrorInfo'),
    );
    return any && ErrorInfo.decode(any.value);
  } catch {
    // The plain status says enough; what stands beside it in a form we cannot read is no reason to fail.
    return undefined;
  }
}
