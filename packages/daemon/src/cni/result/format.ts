import { familyOf } from '@poplin/net';
import type { Dns } from '../network-config/dns.js';
import type { JsonObject } from '../network-config/document.js';
import type { PodRoute } from '../network-config/routes.js';
import { type CniVersion, isAtLeast } from '../version.js';
import type { AttachmentResult, ResultInterface, ResultIp } from './attachment-result.js';

/** A result in the JSON form of a version. */
export interface CniResult extends JsonObject {
  readonly cniVersion: CniVersion;
  readonly interfaces: readonly JsonObject[];
  readonly ips: readonly JsonObject[];
  readonly routes: readonly JsonObject[];
  readonly dns?: JsonObject;
}

/**
 * A result in the form of a version:
 *
 * | | 0.3.1, 0.4.0 | 1.0.0 | 1.1.0 |
 * |---|---|---|---|
 * | `ips[].version` | "4" or "6" | – | – |
 * | `dns` that says nothing | `{}` | – | – |
 * | `interfaces[].mtu` | – | – | bytes |
 * | `routes[]` beyond `dst` and `gw` | – | – | as they are |
 */
export function formatResult(result: AttachmentResult, cniVersion: CniVersion): CniResult {
  const isModern = isAtLeast(cniVersion, '1.0.0');
  const tellsAll = isAtLeast(cniVersion, '1.1.0');
  const dns = dnsIn(result.dns, cniVersion);
  return {
    cniVersion,
    interfaces: result.interfaces.map((one) => interfaceIn(one, tellsAll)),
    ips: result.ips.map((one) => ipIn(one, isModern)),
    routes: result.routes.map((one) => routeIn(one, tellsAll)),
    ...(dns && { dns }),
  };
}

/** DNS in the form of a version; `undefined` where nothing is printed. Empty lists are not printed. */
export function dnsIn(dns: Dns | undefined, version: CniVersion): JsonObject | undefined {
  const said = dns ? Object.entries(dns).filter(([, value]) => value.length > 0) : [];
  if (said.length === 0 && isAtLeast(version, '1.0.0')) return undefined;
  return Object.fromEntries(said);
}

// What is undefined is not printed.

function interfaceIn({ name, mac, sandbox, mtu }: ResultInterface, tellsAll: boolean): JsonObject {
  return { name, mac, sandbox, mtu: tellsAll ? mtu : undefined };
}

function ipIn({ ip, length, gateway, interface: at }: ResultIp, isModern: boolean): JsonObject {
  const version = familyOf(ip) === 'ipv4' ? '4' : '6';
  const address = `${ip}/${length}`;
  return { version: isModern ? undefined : version, address, gateway, interface: at };
}

function routeIn(route: PodRoute, tellsAll: boolean): JsonObject {
  const { dst, gw, mtu, advmss, priority, table, scope } = route;
  return tellsAll ? { dst, gw, mtu, advmss, priority, table, scope } : { dst, gw };
}
