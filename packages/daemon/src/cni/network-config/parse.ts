import { problemsOf } from '../../config/index.js';
import { isIdentifier } from '../call.js';
import { invalidConfig } from '../error.js';
import { type CniVersion, versionOf } from '../version.js';
import { advised } from './advice.js';
import { refuseUnsupported } from './capabilities.js';
import { decodeDocument, type JsonObject } from './document.js';
import {
  type NetworkConfig,
  networkConfigSchema,
  type PodConfig,
  podConfigSchema,
} from './schema.js';

/** What every command needs of a configuration. */
export interface NetworkHead {
  readonly cniVersion: CniVersion;
  /** Name of the CNI network. */
  readonly network: string;
  /** The configuration as it came. */
  readonly document: JsonObject;
}

/**
 * Reads version and name of a configuration.
 *
 * @throws {CniCallError} UNDECODABLE_CONFIG, INCOMPATIBLE_VERSION, INVALID_NETWORK_CONFIG.
 */
export function parseNetworkHead(bytes: Uint8Array): NetworkHead {
  const document = decodeDocument(bytes);
  const cniVersion = versionOf(document);
  return { cniVersion, network: networkOf(document), document };
}

/**
 * Checks all of a configuration.
 *
 * @throws {CniCallError} UNSUPPORTED_FIELD; INVALID_NETWORK_CONFIG with every problem at once.
 */
export function parseNetworkConfig(document: JsonObject): NetworkConfig {
  refuseUnsupported(document);
  const parsed = networkConfigSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  throw invalidConfig(problemsOf(networkConfigSchema, document, parsed.error).map(advised), {
    cause: parsed.error,
  });
}

/**
 * Checks the part of a configuration that comes with the pod, as {@link parseNetworkConfig} does.
 *
 * @throws {CniCallError} UNSUPPORTED_FIELD.
 * @throws {ZodError} in place of INVALID_NETWORK_CONFIG: there may be more that is wrong with the other part.
 */
export function parsePodConfig(document: JsonObject): PodConfig {
  refuseUnsupported(document);
  return podConfigSchema.parse(document);
}

/** CNI spec 1.1.0, "Network configuration format": the name is made like a container id. */
function networkOf({ name }: JsonObject): string {
  if (name === undefined || name === null || name === '') {
    throw invalidConfig([{ path: 'name', message: 'is missing; name the network' }]);
  }
  if (typeof name === 'string' && isIdentifier(name)) return name;
  const message = `${JSON.stringify(name)} is not a network name: a letter or digit, then letters, digits, "_", "." and "-"`;
  throw invalidConfig([{ path: 'name', message }]);
}
