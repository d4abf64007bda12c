import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openEmbeddedRegistry, openEtcdRegistry, type Registry } from '@poplin/ipam';
import type { Log } from '@poplin/net';
import { ConfigError } from '../config/index.js';
import type { DaemonOptions, RegistryTls } from '../options/index.js';

/**
 * Opens the registry. Waits for an etcd that is down, until the signal fires.
 *
 * @throws {ConfigError} INVALID_OPTION when a TLS file cannot be read.
 * @throws {RegistryError} when the registry refuses.
 */
export async function openRegistry(
  options: DaemonOptions,
  log: Log,
  signal: AbortSignal,
): Promise<Registry> {
  const { registry } = options;
  if (registry.kind === 'embedded') {
    return openEmbeddedRegistry({ file: join(options.stateDir, 'registry.json'), log });
  }
  const tls = registry.tls && readTls(registry.tls);
  return openEtcdRegistry({ endpoints: registry.endpoints, tls, log, signal });
}

function readTls(files: RegistryTls) {
  const read = (flag: string, path: string | undefined): Buffer | undefined => {
    if (path === undefined) return undefined;
    try {
      return readFileSync(path);
    } catch (cause) {
      const reason = (cause as Error).message;
      throw new ConfigError('INVALID_OPTION', `--${flag}: cannot read ${path}: ${reason}`, {
        cause,
      });
    }
  };
  const ca = read('registry-ca', files.ca);
  const cert = read('registry-cert', files.cert);
  const key = read('registry-key', files.key);
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}
