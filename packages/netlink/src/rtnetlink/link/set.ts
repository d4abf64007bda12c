import type { AttributeWriter } from '../../codec/attribute-writer.js';
import { invalidArgument } from '../../error.js';
import type { NetlinkRequest } from '../../socket/request.js';
import { encodeRequest } from '../encode-request.js';
import { RTM } from '../message-types.js';
import { holding, writeTargetNetns } from '../target-netns.js';
import { encodeAlias } from './alias.js';
import { IFLA, linkNetnsAttributes } from './attributes.js';
import { writeBridgePort } from './bridge-port.js';
import { writeFamilySettings } from './family-settings.js';
import { encodeLinkFlags } from './flags.js';
import { encodeLinkHeader } from './header.js';
import { writeInfoData } from './kind/info-data.js';
import { checkLinkName } from './name.js';
import { selectorIfindex, selectorText, writeSelector } from './selector.js';
import { writeMaster, writeSettings } from './settings.js';
import type { LinkChange, LinkSelector } from './types.js';

/**
 * Changes a link; ENODEV when it is missing. Same as `ip link set NAME …`.
 *
 * Some changes need more than this one message, and `Netlink.link.set` does them: a new name for a link that is
 * selected by name, options of the bridge port that the same call makes of it, and some options of an ipip or ip6tnl: the
 * kernel takes those that are left out for zero.
 *
 * @throws {NetlinkError} INVALID_ARGUMENT for the first two, and for a bad name or number.
 */
export function linkSet(selector: LinkSelector, change: LinkChange): NetlinkRequest {
  const operation = `set link ${selectorText(selector)}`;
  if (change.name !== undefined && 'name' in selector) {
    throw invalidArgument(operation, 'a link is renamed by its index, not by its name');
  }
  if (change.bridgePort && change.masterIfindex !== undefined) {
    throw invalidArgument(operation, 'the link has to join the bridge in a request before');
  }
  const ifindex = selectorIfindex(operation, selector);
  const { flags, change: changed } = encodeLinkFlags(change);
  const header = encodeLinkHeader({ ifindex, flags, change: changed });
  const head = { type: RTM.NEWLINK, flags: 0, operation };
  const request = encodeRequest(head, header, (attributes) => {
    writeSelector(operation, attributes, selector);
    writeLinkChange(operation, attributes, change);
  });
  return holding(request, change.netns);
}

/** Writes what is to be changed, but for the flags: they are in the header. @throws {NetlinkError} INVALID_ARGUMENT. */
export function writeLinkChange(
  operation: string,
  attributes: AttributeWriter,
  change: LinkChange,
): void {
  const { name, carrier, alias, netns } = change;
  if (name !== undefined) attributes.text(IFLA.IFNAME, checkLinkName(operation, name));
  writeSettings(operation, attributes, change);
  writeMaster(operation, attributes, change);
  if (carrier !== undefined) attributes.u8(IFLA.CARRIER, carrier ? 1 : 0);
  if (alias !== undefined) attributes.bytes(IFLA.IFALIAS, encodeAlias(operation, alias));
  if (netns) writeTargetNetns(operation, attributes, netns, linkNetnsAttributes);
  writeFamilySettings(operation, attributes, change);
  writeLinkInfo(operation, attributes, change);
}

function writeLinkInfo(
  operation: string,
  attributes: AttributeWriter,
  { data, bridgePort }: LinkChange,
): void {
  if (!data && !bridgePort) return;
  attributes.nested(IFLA.LINKINFO, (info) => {
    if (data) writeInfoData(operation, info, data);
    if (bridgePort) writeBridgePort(operation, info, bridgePort);
  });
}
