import { merged } from '@poplin/net';
import { deepFrozen } from './deep-frozen.js';
import type { JsonObject } from './document.js';
import { type NetworkHead, parseNetworkConfig, parseNetworkHead, parsePodConfig } from './parse.js';
import { bytesKey, Remembered, textKey } from './remembered.js';
import type { NetworkConfig } from './schema.js';

/** A configuration of which everything was checked. Deeply readonly: several calls may share one. */
export interface CheckedNetwork extends NetworkHead {
  readonly config: NetworkConfig;
}

const networks = new Remembered<Uint8Array, CheckedNetwork>(bytesKey);
const written = new Remembered<string, NetworkConfig>(textKey);

/**
 * Reads and checks all of a configuration. What a runtime sends is the same for most pods of a network, byte for byte: it is
 * checked once. Where a pod has host ports or other wishes of its own, what the operator wrote is the same all the same.
 *
 * @throws {CniCallError} as {@link parseNetworkHead} and {@link parseNetworkConfig}.
 */
export function checkedNetwork(bytes: Uint8Array): CheckedNetwork {
  return networks.recall(bytes, () => {
    const head = parseNetworkHead(bytes);
    return deepFrozen({ config: checkedConfig(head.document), ...head });
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
    return Object.keys(ofPod).length === 0 ? config : merged(config, parsePodConfig(ofPod));
  } catch {
    return parseNetworkConfig(document);
  }
}
