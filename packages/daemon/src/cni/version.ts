import { CniCallError } from './error.js';

/** CNI versions that Poplin speaks, oldest first. */
export const cniVersions = ['0.3.1', '0.4.0', '1.0.0', '1.1.0'] as const;

/** One of {@link cniVersions}. */
export type CniVersion = (typeof cniVersions)[number];

/** Tells whether a version is `least` or newer. */
export function isAtLeast(version: CniVersion, least: CniVersion): boolean {
  return cniVersions.indexOf(version) >= cniVersions.indexOf(least);
}

/**
 * The version of a configuration. One without the key is of 0.1.0 (CNI spec 0.2.0).
 *
 * @throws {CniCallError} INCOMPATIBLE_VERSION when Poplin does not speak it.
 */
export function versionOf(config: Readonly<Record<string, unknown>>): CniVersion {
  const asked = config.cniVersion ?? '0.1.0';
  const version = cniVersions.find((one) => one === asked);
  if (version !== undefined) return version;
  throw new CniCallError(
    'INCOMPATIBLE_VERSION',
    `the network configuration is of CNI version ${JSON.stringify(asked)}, but Poplin speaks ${cniVersions.join(', ')}`,
  );
}

/** The version that brought each command; ADD and DEL were always there. */
const since = { CHECK: '0.4.0', STATUS: '1.1.0', GC: '1.1.0' } as const;

/**
 * Makes sure that the version of a configuration has a command (CNI spec 1.1.0, "CNI operations").
 *
 * @throws {CniCallError} INCOMPATIBLE_VERSION when it has not.
 */
export function requireCommand(version: CniVersion, command: keyof typeof since): void {
  if (isAtLeast(version, since[command])) return;
  throw new CniCallError(
    'INCOMPATIBLE_VERSION',
    `CNI version ${version} of the network configuration has no ${command}; ${since[command]} brought it`,
  );
}
