import type { CniArgs } from '../args.js';
import { invalidConfig } from '../error.js';
import { requestedIps, requestedMac } from '../network-config/requested.js';
import type { NetworkConfig } from '../network-config/schema.js';
import { sysctlsOf } from '../network-config/sysctls.js';
import type { AttachmentDefaults, AttachmentOptions } from './attachment-options.js';

/** Least MTU of a link with IPv6 (RFC 8200 §5): below it the kernel takes IPv6 off the interface. */
const leastMtu6 = 1280;

/** What an ADD says about its attachment. */
export interface AttachmentWords {
  readonly config: NetworkConfig;
  readonly args: CniArgs;
  /** Name of the pod's interface. */
  readonly ifname: string;
}

/**
 * Everything that is said about an attachment, in one value. What the configuration says goes before the cluster's
 * defaults; its bandwidth goes before the runtime's, its DNS behind it.
 *
 * @throws {CniCallError} INVALID_NETWORK_CONFIG; INVALID_REQUEST where CNI_ARGS ask for something that cannot be.
 */
export function resolveOptions(
  { config, args, ifname }: AttachmentWords,
  defaults: AttachmentDefaults,
): AttachmentOptions {
  const { attach = {}, masquerade = {}, runtimeConfig = {} } = config;
  const mac = requestedMac(config, args);
  const dns = runtimeConfig.dns ?? config.dns;
  return {
    mtu: mtuOf(attach.mtu, defaults),
    mtuAsked: attach.mtu !== undefined,
    hairpin: attach.hairpin ?? defaults.hairpin,
    isolation: attach.isolation ?? defaults.isolation,
    masquerade: {
      enabled: masquerade.enabled ?? defaults.masquerade,
      except: [...new Set(masquerade.except ?? [])],
    },
    ips: requestedIps(config, args),
    ...(mac !== undefined && { mac }),
    routes: config.routes ?? [],
    sysctls: config.sysctls ? sysctlsOf(config.sysctls, ifname) : [],
    portMappings: runtimeConfig.portMappings ?? [],
    bandwidth: config.bandwidth ?? runtimeConfig.bandwidth ?? {},
    ...(dns !== undefined && { dns }),
  };
}

function mtuOf(mtu: number | undefined, defaults: AttachmentDefaults): number {
  if (mtu === undefined) return defaults.mtu;
  if (mtu < leastMtu6 && defaults.families.includes('ipv6')) {
    const message = `must be at least ${leastMtu6}, because the cluster gives pods IPv6 addresses (RFC 8200 §5)`;
    throw invalidConfig([{ path: 'attach.mtu', message }]);
  }
  return mtu;
}
