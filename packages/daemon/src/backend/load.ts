import type { Backend } from '@poplin/backend';
import { hostGw } from '@poplin/backend-host-gw';
import { ConfigError, nearest } from '../config/index.js';

/** The backends that come with the daemon. */
const builtIn: readonly Backend[] = [hostGw];

/** A backend with the options that the cluster gives it, parsed. */
export interface ConfiguredBackend {
  readonly backend: Backend;
  readonly options: unknown;
}

/**
 * Finds the backend that the cluster asks for and parses its options.
 *
 * @throws {ConfigError} INVALID_CONFIG for an unknown backend, with the nearest known one, or for options
 *   that it refuses, with their path.
 */
export function configureBackend(config: {
  readonly type: string;
  readonly options: Readonly<Record<string, unknown>>;
}): ConfiguredBackend {
  const names = builtIn.map(({ type }) => type);
  const backend = builtIn.find(({ type }) => type === config.type);
  if (!backend) {
    const near = nearest(config.type, names);
    throw new ConfigError('INVALID_CONFIG', `backend.type: there is no backend "${config.type}"`, {
      remedy: near ? `Did you mean ${near}?` : `Known backends: ${names.join(', ')}`,
    });
  }
  const options = backend.options.safeParse(config.options);
  if (options.success) return { backend, options: options.data };
  const problems = options.error.issues.map(
    ({ path, message }) => `${['backend', 'options', ...path].join('.')}: ${message}`,
  );
  throw new ConfigError('INVALID_CONFIG', problems.join('; '), {
    cause: options.error,
  });
}
