import { CniCallError } from './error.js';

/** A CNI call that is about one container, as it comes through the socket: AddRequest, DelRequest, CheckRequest. */
export interface CniCall {
  /** CNI_CONTAINERID. */
  readonly containerId: string;
  /** CNI_NETNS: path of the namespace as the runtime sees it; empty on a DEL that comes after it. */
  readonly netns: string;
  /** CNI_IFNAME. */
  readonly ifname: string;
  /** CNI_ARGS, unparsed. */
  readonly args: string;
  /** The network configuration, byte for byte. */
  readonly config: Uint8Array;
  /** st_dev of the namespace that the shim saw; 0 when there is none. */
  readonly netnsDevice: bigint;
  /** st_ino of the namespace that the shim saw; 0 when there is none. */
  readonly netnsInode: bigint;
  /** Process id of the shim; 0 when it does not hold the namespace. */
  readonly callerPid: number;
  /** Descriptor by which the shim holds the namespace open during the call. */
  readonly netnsFd: number;
}

/** A CNI call that is about a network as a whole: StatusRequest, GcRequest. */
export type NetworkCall = Pick<CniCall, 'config'>;

/** What names an attachment: CNI's pair of container and interface. */
export type AttachmentName = Pick<CniCall, 'containerId' | 'ifname'>;

/** The characters of a container id and of a network name (CNI spec 1.1.0, "Parameters"). */
const identifier = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/** Bytes of an interface name without its NUL: IFNAMSIZ − 1. */
const longestIfname = 15;

/** Tells whether a text may be a container id or a network name. */
export function isIdentifier(text: string): boolean {
  return identifier.test(text);
}

/** `eth0`, but not `.`, `..`, nor anything with `/`, `:` or blanks (dev_valid_name in the kernel). */
export function isInterfaceName(text: string): boolean {
  return /^(?!\.{1,2}$)[^/:\s\0]+$/.test(text) && Buffer.byteLength(text) <= longestIfname;
}

/**
 * Checks the names of a call.
 *
 * @throws {CniCallError} INVALID_REQUEST when CNI_CONTAINERID or CNI_IFNAME cannot be one.
 */
export function attachmentNameOf({ containerId, ifname }: AttachmentName): AttachmentName {
  if (!isIdentifier(containerId)) {
    throw invalidRequest(`CNI_CONTAINERID ${JSON.stringify(containerId)} is not a container id`);
  }
  if (!isInterfaceName(ifname)) {
    throw invalidRequest(
      `CNI_IFNAME ${JSON.stringify(ifname)} is not an interface name of 1 to ${longestIfname} bytes`,
    );
  }
  return { containerId, ifname };
}

/** Something about the environment of a call is wrong. */
export function invalidRequest(message: string): CniCallError {
  return new CniCallError('INVALID_REQUEST', message);
}
