import { parseRegistryUrl } from '@poplin/ipam';
import { describeError, isPoplinError } from '@poplin/net';
import { ConfigError } from '../config/error.js';

/** Where the cluster's state lives. */
export type RegistryOptions =
  | { readonly kind: 'embedded' }
  | {
      readonly kind: 'etcd';
      /** `host:port` of each member; IPv6 hosts in brackets. */
      readonly endpoints: readonly string[];
      /** Present for `etcds://`: the connection is encrypted. */
      readonly tls?: RegistryTls;
    };

/** Paths of the PEM files for the connection to etcd. */
export interface RegistryTls {
  /** Certificates to trust; those of the system without one. */
  readonly ca?: string;
  /** Own certificate; comes with {@link key}. */
  readonly cert?: string;
  /** Key of the own certificate. */
  readonly key?: string;
}

/**
 * Reads `embedded`, `etcd://host:port[,host:port]…` or `etcds://…`.
 *
 * @param files - the TLS files that were given; only `etcds://` takes any.
 * @throws {ConfigError} INVALID_OPTION when the text is no registry or the files do not go with it.
 */
export function parseRegistry(text: string, files: RegistryTls): RegistryOptions {
  const url = parseUrl(text);
  const tls = url.kind === 'etcd' && url.tls;
  if (!tls && Object.values(files).some((file) => file !== undefined)) {
    throw new ConfigError('INVALID_OPTION', `TLS files are given, but "${text}" uses no TLS`, {
      remedy: 'Write etcds:// for the registry, or leave the files out',
    });
  }
  if (url.kind === 'embedded') return { kind: 'embedded' };
  const { endpoints } = url;
  return { kind: 'etcd', endpoints, ...(tls ? { tls: pairedFiles(files) } : {}) };
}

/** Hosts of a registry, without ports and brackets: names or addresses; none for the embedded one. */
export function registryHosts(registry: RegistryOptions): string[] {
  if (registry.kind === 'embedded') return [];
  return registry.endpoints.map((endpoint) =>
    endpoint.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1'),
  );
}

function parseUrl(text: string): ReturnType<typeof parseRegistryUrl> {
  try {
    return parseRegistryUrl(text);
  } catch (cause) {
    if (!isPoplinError(cause)) throw cause;
    throw new ConfigError('INVALID_OPTION', describeError(cause), { cause });
  }
}

function pairedFiles(files: RegistryTls): RegistryTls {
  if ((files.cert === undefined) !== (files.key === undefined)) {
    const [given, missing] = files.cert === undefined ? ['key', 'cert'] : ['cert', 'key'];
    throw new ConfigError('INVALID_OPTION', `a TLS ${given} is given without its ${missing}`, {
      remedy: 'Give both --registry-cert and --registry-key, or neither',
    });
  }
  return files;
}
