import { NLM_F } from '../../codec/message.js';
import type { NetlinkRequest } from '../../socket/request.js';
import { checkIfindex, encodeRequest } from '../encode-request.js';
import { RTM } from '../message-types.js';
import { holding, writeTargetNetns } from '../target-netns.js';
import { IFLA, linkNetnsAttributes } from './attributes.js';
import { encodeLinkFlags } from './flags.js';
import { encodeLinkHeader } from './header.js';
import { writeNewKind } from './kind/info-data.js';
import { checkLinkName } from './name.js';
import { writeBirthSettings, writeMaster } from './settings.js';
import type { LinkSpec } from './types.js';

/**
 * Makes a link; EEXIST when the name is taken. Same as `ip link add NAME [mtu …] [address …] type KIND …`.
 *
 * What {@link LaterSettings} has is not part of it, nor are `up` and `masterIfindex` of a veth's peer: the kernel ignores or
 * refuses them at creation. `Netlink.link.add` sets them afterwards.
 *
 * @throws {NetlinkError} INVALID_ARGUMENT for a bad name or number.
 */
export function linkAdd(spec: LinkSpec): NetlinkRequest {
  const operation = `add link ${spec.name} (${spec.kind})`;
  const ifindex = spec.ifindex === undefined ? 0 : checkIfindex(operation, spec.ifindex);
  const { flags, change } = encodeLinkFlags(spec);
  const header = encodeLinkHeader({ ifindex, flags, change });
  const head = { type: RTM.NEWLINK, flags: NLM_F.CREATE | NLM_F.EXCL, operation };
  const request = encodeRequest(head, header, (attributes) => {
    attributes.text(IFLA.IFNAME, checkLinkName(operation, spec.name));
    writeBirthSettings(operation, attributes, spec);
    writeMaster(operation, attributes, spec);
    // A tunnel names the link below among its own options.
    if (spec.kind === 'vlan' || spec.kind === 'macvlan') {
      attributes.u32(IFLA.LINK, checkIfindex(operation, spec.linkIfindex));
    }
    if (spec.netns) writeTargetNetns(operation, attributes, spec.netns, linkNetnsAttributes);
    attributes.nested(IFLA.LINKINFO, (info) => writeNewKind(operation, info, spec));
  });
  return holding(request, spec.netns, spec.kind === 'veth' ? spec.peer.netns : undefined);
}
