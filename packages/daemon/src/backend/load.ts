import type { Backend } from '@poplin/backend';
import { hostGw } from '@poplin/backend-host-gw';
import { ipip } from '@poplin/backend-ipip';
import { udp } from '@poplin/backend-udp';
import { vxlan } from '@poplin/backend-vxlan';
import { type ClusterConfig, ConfigError, nearest } from '../config/index.js';
import { BackendError, type ExternalOptions, loadExternalBackend } from './external/index.js';
import { canonicalJson } from './identity.js';

/** The backends that come with the daemon. */
const builtIn: readonly Backend[] = [hostGw, vxlan, ipip, udp];

/** Which backend the cluster wants, and with what options: as the configuration says it. */
export type BackendConfig = ClusterConfig['backend'];

/** A backend with the options that the cluster gives it, parsed. */
export interface ConfiguredBackend {
  readonly backend: Backend;
  /** The options as the configuration has them. */
  readonly config: BackendConfig;
  /** The options as the backend has read them. */
  readonly options: unknown;
  /** What of them both ends of a pair must have alike. */
  readonly shared: unknown;
}

/**
 * Finds a backend by its name in the cluster's configuration: one that comes with the daemon, else that of a package
 * (`external/load.ts`).
 *
 * @throws {ConfigError} INVALID_CONFIG when there is none, with the nearest known one or the command that installs it.
 * @throws {BackendError} BACKEND_UNUSABLE when the package is no backend for this daemon.
 */
export async function resolveBackend(type: string, external: ExternalOptions): Promise<Backend> {
  const backend = builtIn.find((known) => known.type === type);
  if (backend) return backend;
  try {
    return await loadExternalBackend(type, external);
  } catch (error) {
    if (!(error instanceof BackendError) || error.code !== 'BACKEND_NOT_INSTALLED') throw error;
    const names = builtIn.map((known) => known.type);
    const near = nearest(type, names);
    throw new ConfigError('INVALID_CONFIG', `backend.type: ${error.message}`, {
      cause: error,
      remedy: near ? `Did you mean ${near}?` : `${error.remedy}. Built in: ${names.join(', ')}`,
    });
  }
}

/**
 * Finds the backend that the cluster asks for and parses its options.
 *
 * @throws {ConfigError} INVALID_CONFIG for an unknown backend, or for options that it refuses, with their path.
 * @throws {BackendError} when the package of a backend cannot be used.
 */
export async function configureBackend(
  config: BackendConfig,
  external: ExternalOptions,
): Promise<ConfiguredBackend> {
  const backend = await resolveBackend(config.type, external);
  const parsed = await backend.options.safeParseAsync(config.options);
  if (parsed.success) {
    const options = parsed.data;
    const shared = backend.shared ? backend.shared(options) : options;
    return { backend, config, options, shared };
  }
  const problems = parsed.error.issues.map(
    ({ path, message }) => `${['backend', 'options', ...path].join('.')}: ${message}`,
  );
  throw new ConfigError('INVALID_CONFIG', problems.join('; '), {
    cause: parsed.error,
  });
}

/** Tells whether a backend has the same options in two configurations, every default filled in. */
export function sameOptions(a: ConfiguredBackend, b: ConfiguredBackend): boolean {
  return canonicalJson(a.options) === canonicalJson(b.options);
}

/** Tells whether two configurations ask for the same in the same words. */
export function sameConfig(a: BackendConfig, b: BackendConfig): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
