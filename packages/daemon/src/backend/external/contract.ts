import { readContractVersion } from '../../version.js';

let version: string | undefined;

/** Version of `@poplin/backend` that this daemon was built with. */
export function ownContract(): string {
  version ??= readContractVersion();
  return version;
}
