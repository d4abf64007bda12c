import type { AttributeWriter } from '../../codec/attribute-writer.js';
import { invalidArgument } from '../../error.js';
import type { NetlinkRequest } from '../../socket/request.js';
import { encodeRequest } from '../encode-request.js';
import { RTM } from '../message-types.js';
import { encodeAlias } from './alias.js';
import { IFF, IFLA, IFLA_BRPORT, IFLA_INFO } from './attributes.js';
import { encodeLinkHeader } from './header.js';
import { checkLinkName } from './name.js';
import { selectorIfindex, selectorText, writeSelector } from './selector.js';
import type { BridgePortOptions, LinkChange, LinkSelector } from './types.js';

/**
 * Changes a link; ENODEV when it is missing. Same as `ip link set NAME …`.
 *
 * Two changes need more than this one message, and `Netlink.link.set` does them: a new name for a link that is
 * selected by name, and options of the bridge port that the same call makes of it.
 *
 * @throws {NetlinkError} INVALID_ARGUMENT for those, and for a bad name or number.
 */
export function linkSet(selector: LinkSelector, change: LinkChange): NetlinkRequest {
  const operation = `set link ${selectorText(selector)}`;
  if (change.name !== undefined && 'name' in selector) {
    throw invalidArgument(operation, 'a link is renamed by its index, not by its name');
  }
  if (change.bridgePort && change.masterIfindex !== undefined) {
    throw invalidArgument(operation, 'the link has to join the bridge in a request before');
  }
  const header = encodeLinkHeader({
    ifindex: selectorIfindex(operation, selector),
    flags: change.up ? IFF.UP : 0,
    change: change.up === undefined ? 0 : IFF.UP,
  });
  return encodeRequest({ type: RTM.NEWLINK, flags: 0, operation }, header, (attributes) => {
    writeSelector(operation, attributes, selector);
    writeChange(operation, attributes, change);
    if (change.bridgePort) writeBridgePort(attributes, change.bridgePort);
  });
}

function writeChange(operation: string, attributes: AttributeWriter, change: LinkChange): void {
  if (change.name !== undefined) {
    attributes.text(IFLA.IFNAME, checkLinkName(operation, change.name));
  }
  if (change.mtu !== undefined) attributes.u32(IFLA.MTU, change.mtu);
  if (change.mac !== undefined) attributes.mac(IFLA.ADDRESS, change.mac);
  if (change.masterIfindex !== undefined) attributes.u32(IFLA.MASTER, change.masterIfindex);
  if (change.alias !== undefined) {
    attributes.bytes(IFLA.IFALIAS, encodeAlias(operation, change.alias));
  }
  if (change.group !== undefined) attributes.u32(IFLA.GROUP, change.group);
  if (change.txQueueLength !== undefined) attributes.u32(IFLA.TXQLEN, change.txQueueLength);
  if (change.netns) attributes.u32(IFLA.NET_NS_FD, change.netns.fd);
}

function writeBridgePort(attributes: AttributeWriter, port: BridgePortOptions): void {
  const flag = (data: AttributeWriter, type: number, value: boolean | undefined): void => {
    if (value !== undefined) data.u8(type, value ? 1 : 0);
  };
  attributes.nested(IFLA.LINKINFO, (info) => {
    info.text(IFLA_INFO.SLAVE_KIND, 'bridge');
    info.nested(IFLA_INFO.SLAVE_DATA, (data) => {
      flag(data, IFLA_BRPORT.MODE, port.hairpin);
      flag(data, IFLA_BRPORT.LEARNING, port.learning);
      flag(data, IFLA_BRPORT.ISOLATED, port.isolated);
    });
  });
}
