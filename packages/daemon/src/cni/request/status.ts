import type { NetworkCall } from '../call.js';
import { parseNetworkConfig, parseNetworkHead } from '../network-config/parse.js';
import { type CniVersion, requireCommand } from '../version.js';

/** What a STATUS is about. */
export interface StatusQuery {
  readonly cniVersion: CniVersion;
  /** CNI network name. */
  readonly network: string;
}

/**
 * Checks a STATUS. The whole configuration is judged, since an ADD with it would be refused as well.
 *
 * @throws {CniCallError} INCOMPATIBLE_VERSION below 1.1.0; else as for an ADD.
 */
export function parseStatusCall({ config }: NetworkCall): StatusQuery {
  const { cniVersion, network, document } = parseNetworkHead(config);
  requireCommand(cniVersion, 'STATUS');
  parseNetworkConfig(document);
  return { cniVersion, network };
}
