import type { NetlinkRequest } from '../../socket/request.js';
import { encodeRequest } from '../encode-request.js';
import { RTM } from '../message-types.js';
import { IFLA, RTEXT_FILTER_SKIP_STATS } from './attributes.js';
import { encodeLinkHeader } from './header.js';
import { writePlace } from './place.js';
import { selectorIfindex, selectorText, writeSelector } from './selector.js';
import type { LinkPlace, LinkSelector } from './types.js';

/** Asks for one link; ENODEV when it is missing. Same as `ip link show NAME`. */
export function linkGet(selector: LinkSelector, place: LinkPlace = {}): NetlinkRequest {
  const operation = `get link ${selectorText(selector)}`;
  return encodeRequest(
    { type: RTM.GETLINK, flags: 0, operation },
    encodeLinkHeader({ ifindex: selectorIfindex(operation, selector) }),
    (attributes) => {
      writeSelector(operation, attributes, selector);
      attributes.u32(IFLA.EXT_MASK, RTEXT_FILTER_SKIP_STATS);
      writePlace(operation, attributes, place);
    },
  );
}
