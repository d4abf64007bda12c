import type { JsonObject } from './document.js';
import { type NetworkHead, parseNetworkConfig, parseNetworkHead, parsePodConfig } from './parse.js';
import { Remembered } from './remembered.js';
import type { NetworkConfig } from './schema.js';

/** A configuration of which everything was checked. Deeply readonly: several calls may share one. */
export interface CheckedNetwork extends NetworkHead {
  readonly config: NetworkConfig;
}

const networks = new Remembered<CheckedNetwork>();
const written = new Remembered<NetworkConfig>();

/**
 * Reads and checks all of a configuration. What a runtime sends is the same for most pods of a network, byte for byte: it is
 * checked once. Where a pod has host ports or other wishes of its own, what the operator wrote is the same all the same.
 *
 * @throws {CniCallError} as {@link parseNetworkHead} and {@link parseNetworkConfig}.
 */
export function checkedNetwork(bytes: Uint8Array): CheckedNetwork {
  // A character per byte, so that no two configurations are the same text.
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  return networks.recall(text, () => {
    const head = parseNetworkHead(bytes);
    return deepFrozen({ ...head, config: checkedConfig(head.document) });
  });
}

/** What the operator wrote, and what comes with the pod, each checked. A part that is bad has the whole checked, for all that is wrong with it. */
function checkedConfig(document: JsonObject): NetworkConfig {
  const { runtimeConfig, prevResult, ...ofOperator } = document;
  const ofPod = {
    ...(runtimeConfig !== undefined && { runtimeConfig }),
    ...(prevResult !== undefined && { prevResult }),
  };
  try {
    const config = written.recall(JSON.stringify(ofOperator), () => parseNetworkConfig(ofOperator));
    return Object.keys(ofPod).length === 0 ? config : { ...config, ...parsePodConfig(ofPod) };
  } catch {
    return parseNetworkConfig(document);
  }
}

function deepFrozen<T>(value: T): T {
  // What is frozen is a part that is remembered.
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) deepFrozen(inner);
  return Object.freeze(value);
}
