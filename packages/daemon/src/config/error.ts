import type { PoplinErrorOptions } from '@poplin/net';
import { DaemonError } from '../error.js';
import type { Problem } from './problem.js';

/** Codes of {@link ConfigError}. */
export type ConfigErrorCode = 'INVALID_OPTION' | 'INVALID_CONFIG' | 'CONFIG_FILE';

/** A flag, environment variable, configuration file or cluster configuration that cannot be used. */
export class ConfigError extends DaemonError<ConfigErrorCode> {
  /** Everything that is wrong, in the order of the document; empty where no document is involved. */
  readonly problems: readonly Problem[];

  constructor(
    code: ConfigErrorCode,
    message: string,
    options: PoplinErrorOptions & { readonly problems?: readonly Problem[] } = {},
  ) {
    super(code, message, options);
    this.problems = options.problems ?? [];
  }
}

/**
 * One error for all problems of a document: a single one on the line, more of them one per line.
 *
 * @param subject - what the problems are about, for example `cluster configuration`.
 */
export function configErrorOf(
  code: ConfigErrorCode,
  subject: string,
  problems: readonly Problem[],
  options: PoplinErrorOptions = {},
): ConfigError {
  const lines = problems.map(({ path, message }) =>
    path === '' ? message : `${path}: ${message}`,
  );
  const text =
    lines.length === 1
      ? `${subject}: ${lines[0]}`
      : `${subject}: ${lines.length} problems\n${lines.map((line) => `  ${line}`).join('\n')}`;
  return new ConfigError(code, text, { ...options, problems });
}
