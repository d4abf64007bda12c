import { Attributes } from '../../codec/attributes.js';
import { AF_BRIDGE } from '../family.js';
import { IFLA } from './attributes.js';
import { type BridgePort, readPortOptions } from './bridge-port.js';
import { decodeLinkHeader, IFINFOMSG_LENGTH } from './header.js';

/** A bridge's port, as the bridge itself announces it. */
export interface PortOfBridge {
  /** Index of the port's link. */
  readonly ifindex: number;
  readonly name: string;
  /** Index of the bridge. */
  readonly masterIfindex: number;
  readonly options: BridgePort;
}

/**
 * Reads a port from the body of an RTM_NEWLINK of family AF_BRIDGE (`br_fill_ifinfo`, net/bridge/br_netlink.c); `undefined` for other
 * messages, and for those of the bridge about itself.
 *
 * @throws {NetlinkError} DECODE.
 */
export function decodePortOfBridge(body: Uint8Array): PortOfBridge | undefined {
  const { family, ifindex } = decodeLinkHeader(body);
  if (family !== AF_BRIDGE) return undefined;
  const attributes = new Attributes('port of a bridge', body, IFINFOMSG_LENGTH);
  const name = attributes.text(IFLA.IFNAME);
  const masterIfindex = attributes.u32(IFLA.MASTER);
  const options = attributes.nested(IFLA.PROTINFO);
  if (name === undefined || masterIfindex === undefined || !options) return undefined;
  return { ifindex, name, masterIfindex, options: readPortOptions(options) };
}
