import type { PoplinErrorOptions } from '@poplin/net';
import type { Problem } from '../config/index.js';
import { DaemonError } from '../error.js';

/** Codes of {@link CniCallError}. */
export type CniCallErrorCode =
  /** The configuration, or the command, is of a version that this call cannot be served in. */
  | 'INCOMPATIBLE_VERSION'
  /** The configuration asks for something of the specification that Poplin does not have. */
  | 'UNSUPPORTED_FIELD'
  /** The CNI environment lacks something or has it wrong. */
  | 'INVALID_REQUEST'
  /** The configuration is not a JSON object. */
  | 'UNDECODABLE_CONFIG'
  /** The configuration makes no sense. */
  | 'INVALID_NETWORK_CONFIG';

/** CNI error code of each (CNI spec 1.1.0, "Error"). */
export const cniCallErrorCodes: Readonly<Record<CniCallErrorCode, number>> = {
  INCOMPATIBLE_VERSION: 1,
  UNSUPPORTED_FIELD: 2,
  INVALID_REQUEST: 4,
  UNDECODABLE_CONFIG: 6,
  INVALID_NETWORK_CONFIG: 7,
};

/** A CNI call that cannot be served as it is: nothing was changed. */
export class CniCallError extends DaemonError<CniCallErrorCode> {
  /** Everything that is wrong with the configuration, in the order of the document; empty for other codes. */
  readonly problems: readonly Problem[];

  constructor(
    code: CniCallErrorCode,
    message: string,
    options: PoplinErrorOptions & { readonly problems?: readonly Problem[] } = {},
  ) {
    super(code, message, options);
    this.problems = options.problems ?? [];
  }
}

/** One INVALID_NETWORK_CONFIG for all problems of a configuration, on one line, since runtimes log it as one. */
export function invalidConfig(
  problems: readonly Problem[],
  options: PoplinErrorOptions = {},
): CniCallError {
  const texts = problems.map(({ path, message }) =>
    path === '' ? message : `${path}: ${message}`,
  );
  const all =
    texts.length === 1
      ? texts[0]
      : `${texts.length} problems: ${texts.map((text, place) => `(${place + 1}) ${text}`).join('; ')}`;
  return new CniCallError('INVALID_NETWORK_CONFIG', `network configuration: ${all}`, {
    ...options,
    problems,
  });
}
