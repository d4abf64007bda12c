import { z } from 'zod';
import { configBandwidth, runtimeBandwidth } from './bandwidth.js';
import { podAnnotations } from './capabilities.js';
import { configDns, runtimeDns } from './dns.js';
import { configObject, runtimeObject } from './objects.js';
import { portMappings } from './port-mappings.js';
import { routes } from './routes.js';
import { sysctls } from './sysctls.js';
import { cidrValue, flag, listOf, wholeNumber } from './values.js';

const text = z.string('must be a text');

/** What the specification and runtimes put there, and what is read elsewhere or not at all. */
const others = z.unknown().optional();

/** Schema of `runtimeConfig`: what the runtime sends of the declared capabilities. */
const runtimeConfig = runtimeObject({
  portMappings: portMappings.exactOptional(),
  bandwidth: runtimeBandwidth.exactOptional(),
  dns: runtimeDns.exactOptional(),
  ips: listOf(text).exactOptional(),
  mac: text.exactOptional(),
  [podAnnotations]: z
    .record(z.string(), text, 'must be a mapping of keys to values')
    .exactOptional(),
});

/** Schema of `args`: `cni` is the convention's part, the others are nobody's business. */
const args = runtimeObject({
  cni: runtimeObject({
    ips: listOf(text).exactOptional(),
    mac: text.exactOptional(),
  }).exactOptional(),
});

/**
 * Schema of one entry of the `plugins` of a conflist, as the runtime hands it over (docs/cni.md). Strict: what the
 * operator mistyped would else do nothing, silently.
 */
export const networkConfigSchema = configObject({
  cniVersion: others,
  cniVersions: others,
  name: others,
  type: others,
  capabilities: z.record(z.string(), flag, 'must be a mapping of keys to values').exactOptional(),
  args: args.exactOptional(),
  runtimeConfig: runtimeConfig.exactOptional(),
  prevResult: others,
  disableCheck: others,
  disableGC: others,
  loadOnlyInlinedPlugins: others,
  ipam: others,
  socket: text.regex(/^\//, 'must be an absolute path').exactOptional(),
  attach: configObject({
    mtu: wholeNumber(576, 65535, 'bytes').exactOptional(),
    hairpin: flag.exactOptional(),
    isolation: flag.exactOptional(),
  }).exactOptional(),
  masquerade: configObject({
    enabled: flag.exactOptional(),
    except: listOf(cidrValue).exactOptional(),
  }).exactOptional(),
  dns: configDns.exactOptional(),
  routes: routes.exactOptional(),
  sysctls: sysctls.exactOptional(),
  bandwidth: configBandwidth.exactOptional(),
});

/** Schema of the part that comes with the pod: from the runtime, and from the plugins before. */
export const podConfigSchema = configObject({
  runtimeConfig: runtimeConfig.exactOptional(),
  prevResult: others,
});

/** That part, checked. */
export type PodConfig = z.infer<typeof podConfigSchema>;

/** A configuration that was checked. */
export type NetworkConfig = z.infer<typeof networkConfigSchema>;
