import { parseCniArgs } from '../args.js';
import { type AttachmentName, attachmentNameOf, type CniCall, invalidRequest } from '../call.js';
import { checkedNetwork } from '../network-config/checked.js';
import type { AttachmentDefaults, AttachmentOptions } from '../options/attachment-options.js';
import { optionsOf } from '../options/remembered.js';
import { type PreviousResult, parsePrevResult } from '../result/previous.js';
import type { CniVersion } from '../version.js';

/** What an ADD asks for, checked and resolved. */
export interface AttachmentRequest extends AttachmentName {
  /** Path of the container's namespace as the runtime sees it. */
  readonly netnsPath: string;
  readonly cniVersion: CniVersion;
  /** CNI network name. */
  readonly network: string;
  /** `namespace/name` of the pod, where CNI_ARGS tell. */
  readonly pod?: string | undefined;
  /** Kubernetes' UID of the pod, where CNI_ARGS tell. */
  readonly podUid?: string | undefined;
  readonly options: AttachmentOptions;
  /** What the plugins before this one made; absent for the first of a chain. */
  readonly previous?: PreviousResult | undefined;
}

/**
 * Checks an ADD. Pure: the same call and defaults give the same request.
 *
 * @throws {CniCallError} with any of its codes; nothing needs to be undone.
 */
export function parseAddCall(call: CniCall, defaults: AttachmentDefaults): AttachmentRequest {
  const name = attachmentNameOf(call);
  if (call.netns === '') throw invalidRequest('CNI_NETNS is empty: an ADD needs a namespace');
  const args = parseCniArgs(call.args);
  const { cniVersion, network, document, config } = checkedNetwork(call.config);
  const previous = parsePrevResult(document, cniVersion);
  return {
    containerId: name.containerId,
    ifname: name.ifname,
    netnsPath: call.netns,
    cniVersion,
    network,
    pod: args.pod,
    podUid: args.podUid,
    options: optionsOf({ config, args, ifname: name.ifname }, defaults),
    previous,
  };
}
