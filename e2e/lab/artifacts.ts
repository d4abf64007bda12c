import { existsSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The top of the checkout, found from this file, be it the source or what was compiled from it. */
export const checkout = ((): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(`${folder}/nx.json`)) folder = dirname(folder);
  return folder;
})();

/** What the lab runs: the built product, and etcd out of Debian's package (see e2e/setup). */
export const artifacts = {
  /** The CNI shim. */
  shim: `${checkout}/packages/cni/build/poplin`,
  /** poplind. */
  daemon: `${checkout}/packages/daemon/bundle/main.js`,
  /** poplinctl. */
  cli: `${checkout}/packages/cli/bundle/main.js`,
  /** etcd. */
  etcd: `${checkout}/.cache/debian/etcd-server/usr/bin/etcd`,
  /** Folder with Debian's reference plugins. */
  referencePlugins: `${checkout}/.cache/debian/containernetworking-plugins/usr/lib/cni`,
} as const;

/** Names of the backends that this checkout has, for example `host-gw`. */
export function knownBackends(): readonly string[] {
  return readdirSync(`${checkout}/packages`)
    .filter((name) => name.startsWith('backend-') && name !== 'backend-conformance')
    .filter((name) => existsSync(`${checkout}/packages/${name}/package.json`))
    .map((name) => name.slice('backend-'.length))
    .sort();
}
