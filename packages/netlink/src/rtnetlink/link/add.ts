import { NLM_F } from '../../codec/message.js';
import type { NetlinkRequest } from '../../socket/request.js';
import { encodeRequest } from '../encode-request.js';
import { RTM } from '../message-types.js';
import { IFF, IFLA } from './attributes.js';
import { encodeLinkHeader } from './header.js';
import { writeKind } from './kind.js';
import { checkLinkName } from './name.js';
import type { LinkSpec } from './types.js';

/**
 * Makes a link; EEXIST when the name is taken. Same as `ip link add NAME [mtu …] [address …] type KIND …`.
 *
 * The alias is not part of it: the kernel ignores IFLA_IFALIAS at creation. `Netlink.link.add` sets it afterwards.
 *
 * @throws {NetlinkError} INVALID_ARGUMENT for a bad name or number.
 */
export function linkAdd(spec: LinkSpec): NetlinkRequest {
  const operation = `add link ${spec.name} (${spec.kind})`;
  const up = spec.up ? IFF.UP : 0;
  return encodeRequest(
    { type: RTM.NEWLINK, flags: NLM_F.CREATE | NLM_F.EXCL, operation },
    encodeLinkHeader({ flags: up, change: up }),
    (attributes) => {
      attributes.text(IFLA.IFNAME, checkLinkName(operation, spec.name));
      if (spec.mtu !== undefined) attributes.u32(IFLA.MTU, spec.mtu);
      if (spec.mac !== undefined) attributes.mac(IFLA.ADDRESS, spec.mac);
      if (spec.masterIfindex !== undefined) attributes.u32(IFLA.MASTER, spec.masterIfindex);
      if (spec.txQueueLength !== undefined) attributes.u32(IFLA.TXQLEN, spec.txQueueLength);
      if (spec.group !== undefined) attributes.u32(IFLA.GROUP, spec.group);
      if (spec.netns) attributes.u32(IFLA.NET_NS_FD, spec.netns.fd);
      writeKind(operation, attributes, spec);
    },
  );
}
