import { type AttachmentName, attachmentNameOf, type CniCall, invalidRequest } from '../call.js';
import { invalidConfig } from '../error.js';
import { parseNetworkHead } from '../network-config/parse.js';
import { type PreviousResult, parsePrevResult } from '../result/previous.js';
import { type CniVersion, requireCommand } from '../version.js';

/** What a CHECK is about: the record knows what was asked for, `prevResult` what became of it. */
export interface AttachmentCheck extends AttachmentName {
  /** Path of the container's namespace as the runtime sees it. */
  readonly netnsPath: string;
  readonly cniVersion: CniVersion;
  /** CNI network name. */
  readonly network: string;
  /** Result of the whole chain. */
  readonly previous: PreviousResult;
}

/**
 * Checks a CHECK. The rest of the configuration is not judged: the attachment was made from it, and lives.
 *
 * @throws {CniCallError} INVALID_REQUEST; INCOMPATIBLE_VERSION below 0.4.0; INVALID_NETWORK_CONFIG also when there
 * is no `prevResult` (CNI spec 1.1.0, "CHECK").
 */
export function parseCheckCall(call: Omit<CniCall, 'args'>): AttachmentCheck {
  const name = attachmentNameOf(call);
  if (call.netns === '') throw invalidRequest('CNI_NETNS is empty: a CHECK needs a namespace');
  const { cniVersion, network, document } = parseNetworkHead(call.config);
  requireCommand(cniVersion, 'CHECK');
  const previous = parsePrevResult(document, cniVersion);
  if (previous === undefined) {
    throw invalidConfig([{ path: 'prevResult', message: 'is missing; a CHECK needs it' }]);
  }
  return { netnsPath: call.netns, cniVersion, network, previous, ...name };
}
