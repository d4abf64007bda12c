import type { NetlinkRequest } from '../../socket/request.js';
import { encodeRequest } from '../encode-request.js';
import { RTM } from '../message-types.js';
import { encodeLinkHeader } from './header.js';
import { writePlace } from './place.js';
import { selectorIfindex, selectorText, writeSelector } from './selector.js';
import type { LinkPlace, LinkSelector } from './types.js';

/**
 * Deletes a link, of a veth both ends; ENODEV when it is missing. Same as `ip link delete NAME`.
 *
 * @throws {NetlinkError} INVALID_ARGUMENT for a bad name or index.
 */
export function linkDel(selector: LinkSelector, place: LinkPlace = {}): NetlinkRequest {
  const operation = `delete link ${selectorText(selector)}`;
  return encodeRequest(
    { type: RTM.DELLINK, flags: 0, operation },
    encodeLinkHeader({ ifindex: selectorIfindex(operation, selector) }),
    (attributes) => {
      writeSelector(operation, attributes, selector);
      writePlace(operation, attributes, place);
    },
  );
}
