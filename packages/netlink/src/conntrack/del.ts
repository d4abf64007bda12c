import { type Family, familyOf } from '@poplin/net';
import { encodeRequest } from '../rtnetlink/encode-request.js';
import type { NetlinkRequest } from '../socket/request.js';
import { CT, CTA } from './attributes.js';
import { encodeConntrackHeader } from './header.js';
import { tupleText, writeTuple } from './tuple.js';
import type { ConntrackSelector } from './types.js';

/**
 * Forgets one connection; ENOENT when there is none. Same as `conntrack -D -p PROTO -s SRC -d DST …`.
 *
 * @throws {NetlinkError} INVALID_ARGUMENT for a number out of range.
 */
export function conntrackDel({ tuple, direction, zone, id }: ConntrackSelector): NetlinkRequest {
  const operation = `delete connection ${tupleText(tuple)}`;
  return encodeRequest(
    { type: CT.DELETE, flags: 0, operation },
    encodeConntrackHeader(familyOf(tuple.source)),
    (attributes) => {
      const type = direction === 'reply' ? CTA.TUPLE_REPLY : CTA.TUPLE_ORIG;
      writeTuple(operation, attributes, type, tuple);
      if (zone) attributes.be16(CTA.ZONE, zone);
      if (id !== undefined) attributes.be32(CTA.ID, id);
    },
  );
}

/** Forgets all connections, of one family if given. Same as `conntrack -F [-f FAMILY]`. */
export function conntrackFlush(family?: Family): NetlinkRequest {
  // Version 0 flushes all families, whichever is named (ctnetlink_del_conntrack).
  const header = encodeConntrackHeader(family, family ? 1 : 0);
  return encodeRequest({ type: CT.DELETE, flags: 0, operation: 'flush connections' }, header);
}
