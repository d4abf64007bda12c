import { BackendError } from './error.js';
import { type LocatedBackend, versionSeenFrom } from './locate.js';
import { rangeOf } from './manifest.js';

const contract = '@poplin/backend';

/**
 * Compares the version of `@poplin/backend` that a backend was made for with the daemon's. The same first number that is not zero is the same
 * contract (semver.org, items 4 and 8). What counts is what is installed beside the backend, else what its package.json asks for.
 *
 * @throws {BackendError} BACKEND_UNUSABLE when they are not the same contract.
 */
export function checkContract(backend: LocatedBackend, own: string): void {
  const installed = versionSeenFrom(backend.folder, contract);
  const range = rangeOf(backend.manifest, contract);
  const theirs = installed ?? range?.match(/\d+(\.\d+){0,2}/)?.[0];
  if (theirs === undefined || contractOf(theirs) === contractOf(own)) return;
  const how =
    installed === undefined ? `asks for ${contract} ${range}` : `uses ${contract} ${theirs}`;
  throw new BackendError(
    'BACKEND_UNUSABLE',
    `package ${backend.packageName} ${how}, this poplind has ${own}`,
    { remedy: `Install a version of ${backend.packageName} that was made for ${contract} ${own}` },
  );
}

/** The part of a version that stays as long as the contract does: `1` of 1.4.2, `0.3` of 0.3.1, `0.0.5` of 0.0.5. */
function contractOf(version: string): string {
  const [major = '0', minor = '0', patch = '0'] = version.split(/[.+-]/);
  if (major !== '0') return major;
  return minor !== '0' ? `0.${minor}` : `0.0.${patch}`;
}
