import { CliError, errnoOf } from '../error.js';

/**
 * Runs an action on a file, and turns a failure of the system into words.
 *
 * @throws {CliError} NOT_PERMITTED or FILE.
 */
export async function explainFileFault<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    const errno = errnoOf(cause);
    if (errno === 'EACCES' || errno === 'EPERM') {
      throw new CliError('NOT_PERMITTED', `this user may not change ${path}`, {
        cause,
        remedy: 'Run it as root, with sudo',
      });
    }
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CliError('FILE', `cannot change ${path}: ${why}`, { cause });
  }
}
