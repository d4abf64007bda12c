import { NLM_F } from '../../codec/message.js';
import type { NetlinkRequest } from '../../socket/request.js';
import { checkIfindex, encodeRequest } from '../encode-request.js';
import { RTM } from '../message-types.js';
import { IFLA, IFLA_INFO, RTEXT_FILTER_SKIP_STATS } from './attributes.js';
import { encodeLinkHeader } from './header.js';
import { writePlace } from './place.js';
import type { Link, LinkFilter } from './types.js';

/**
 * Asks for links; the kernel filters by kind and by master, not by group, and by a kind only when it has it. Same as
 * `ip link show [type KIND] [master BRIDGE]`.
 *
 * @throws {NetlinkError} INVALID_ARGUMENT.
 */
export function linkList(filter: LinkFilter = {}): NetlinkRequest {
  const operation = 'list links';
  const { kind, masterIfindex } = filter;
  return encodeRequest(
    { type: RTM.GETLINK, flags: NLM_F.DUMP, operation },
    encodeLinkHeader(),
    (attributes) => {
      attributes.u32(IFLA.EXT_MASK, RTEXT_FILTER_SKIP_STATS);
      if (masterIfindex) attributes.u32(IFLA.MASTER, checkIfindex(operation, masterIfindex));
      if (kind !== undefined) {
        attributes.nested(IFLA.LINKINFO, (info) => info.text(IFLA_INFO.KIND, kind));
      }
      writePlace(operation, attributes, filter);
    },
  );
}

/** Tells whether a link passes a filter: the kernel does not look at all of it. */
export function passesLinkFilter(filter: LinkFilter, link: Link): boolean {
  const { kind, masterIfindex, group } = filter;
  return (
    (kind === undefined || kind === link.kind) &&
    (masterIfindex === undefined || masterIfindex === (link.masterIfindex ?? 0)) &&
    (group === undefined || group === link.group)
  );
}
