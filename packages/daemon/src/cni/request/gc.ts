import { type AttachmentName, isIdentifier, isInterfaceName, type NetworkCall } from '../call.js';
import { invalidConfig } from '../error.js';
import { isObject, type JsonObject } from '../network-config/document.js';
import { keyFolder } from '../network-config/objects.js';
import { parseNetworkHead } from '../network-config/parse.js';
import { type CniVersion, requireCommand } from '../version.js';

/** What a GC is about. */
export interface NetworkSweep {
  readonly cniVersion: CniVersion;
  /** CNI network name. */
  readonly network: string;
  /**
   * The attachments of the network that live, each once. Empty: none, all are to go. `undefined`: the runtime does not
   * say, and nothing that lives may go.
   */
  readonly valid: readonly AttachmentName[] | undefined;
}

/** The key of the specification, and the one that libcni writes beside it. */
const keys = ['cni.dev/valid-attachments', 'cni.dev/attachments'];

const foldAttachment = keyFolder(['containerID', 'ifname']);

/**
 * Checks a GC. What is not quite a list of attachments is refused: to take it for an empty one would remove every pod. A null
 * counts as absent for the same reason.
 *
 * @throws {CniCallError} INCOMPATIBLE_VERSION below 1.1.0; INVALID_NETWORK_CONFIG.
 */
export function parseGcCall({ config }: NetworkCall): NetworkSweep {
  const { cniVersion, network, document } = parseNetworkHead(config);
  requireCommand(cniVersion, 'GC');
  return { cniVersion, network, valid: validOf(document) };
}

function validOf(document: JsonObject): readonly AttachmentName[] | undefined {
  const lists = keys.flatMap((key) => {
    const value = document[key] ?? undefined;
    return value === undefined ? [] : [attachmentsOf(key, value)];
  });
  if (lists.length === 0) return undefined;
  const byName = new Map(
    lists.flat().map((one) => [`${one.containerId}/${one.ifname}`, one] as const),
  );
  return [...byName.values()];
}

function attachmentsOf(key: string, value: unknown): readonly AttachmentName[] {
  if (!Array.isArray(value)) throw invalidConfig([{ path: key, message: 'must be a list' }]);
  return value.map((entry: unknown, place) => attachmentOf(entry, `${key}[${place}]`));
}

function attachmentOf(entry: unknown, path: string): AttachmentName {
  const { object } = foldAttachment(isObject(entry) ? entry : {});
  const { containerID: containerId, ifname } = object;
  if (typeof containerId !== 'string' || !isIdentifier(containerId)) {
    throw invalidConfig([{ path: `${path}.containerID`, message: 'must be a container id' }]);
  }
  if (typeof ifname !== 'string' || !isInterfaceName(ifname)) {
    throw invalidConfig([{ path: `${path}.ifname`, message: 'must be an interface name' }]);
  }
  return { containerId, ifname };
}
