import { isIP } from 'node:net';
import { RegistryError } from './error.js';

/** Where a registry is. */
export type RegistryUrl =
  | { readonly kind: 'embedded' }
  | {
      readonly kind: 'etcd';
      /** `host:port` of each member; IPv6 hosts in brackets. */
      readonly endpoints: readonly string[];
      /** True for `etcds://`. */
      readonly tls: boolean;
    };

/** The port that etcd serves clients on (IANA: etcd-client). */
const defaultPort = 2379;

const remedy = 'Write embedded, etcd://HOST:PORT[,HOST:PORT…] or etcds://… for TLS';

/**
 * Reads where the registry is: `embedded`, `etcd://10.0.0.1:2379,10.0.0.2:2379`, `etcds://…` for TLS. The
 * port may be left out.
 *
 * @throws {RegistryError} INVALID when the text is none of these.
 */
export function parseRegistryUrl(text: string): RegistryUrl {
  if (text === 'embedded') return { kind: 'embedded' };
  const match = /^(etcds?):\/\/([^/?#@]+)\/?$/.exec(text);
  if (!match) throw new RegistryError('INVALID', `"${text}" names no registry`, { remedy });
  const [, scheme, hosts = ''] = match;
  const endpoints = hosts.split(',').map((host) => readEndpoint(host, text));
  return { kind: 'etcd', endpoints: [...new Set(endpoints)], tls: scheme === 'etcds' };
}

function readEndpoint(text: string, whole: string): string {
  const match = /^(\[[^\]]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(text);
  const host = match?.[1] ?? '';
  const port = Number(match?.[2] ?? defaultPort);
  if (!isHost(host) || port < 1 || port > 65_535) {
    throw new RegistryError('INVALID', `"${text}" in "${whole}" is not HOST:PORT`, { remedy });
  }
  return `${host}:${port}`;
}

function isHost(host: string): boolean {
  if (host.startsWith('[')) return isIP(host.slice(1, -1)) === 6;
  if (/^[\d.]+$/.test(host)) return isIP(host) === 4;
  return /^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(host);
}
