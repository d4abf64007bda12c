import { cidrContains } from '@poplin/net';
import { NLM_F } from '../codec/message.js';
import { checkNumber, encodeRequest } from '../rtnetlink/encode-request.js';
import type { NetlinkRequest } from '../socket/request.js';
import { CT, CTA } from './attributes.js';
import { encodeConntrackHeader } from './header.js';
import type { ConntrackEntry, ConntrackFilter } from './types.js';

/** Asks for connections; the kernel filters by family and mark. Same as `conntrack -L [-f FAMILY] [-m MARK]`. */
export function conntrackList({ family, mark }: ConntrackFilter = {}): NetlinkRequest {
  const operation = `list ${family ?? 'all'} connections`;
  return encodeRequest(
    { type: CT.GET, flags: NLM_F.DUMP, operation },
    encodeConntrackHeader(family),
    (attributes) => {
      if (!mark) return;
      const { value, mask = 0xffff_ffff } = mark;
      attributes.be32(CTA.MARK, checkNumber(operation, 'a mark', value, 0, 0xffff_ffff));
      attributes.be32(CTA.MARK_MASK, checkNumber(operation, 'a mask', mask, 0, 0xffff_ffff));
    },
  );
}

/** Tells whether an entry passes a filter. */
export function passesConntrackFilter(filter: ConntrackFilter, entry: ConntrackEntry): boolean {
  const { original, reply } = entry;
  const { mark, source, destination, replySource } = filter;
  return (
    isOr(filter.family, entry.family) &&
    isOr(filter.protocol, entry.protocol) &&
    isOr(filter.zone, entry.zone) &&
    isOr(filter.sourcePort, original.sourcePort) &&
    isOr(filter.destinationPort, original.destinationPort) &&
    (!source || cidrContains(source, original.source)) &&
    (!destination || cidrContains(destination, original.destination)) &&
    (!replySource || cidrContains(replySource, reply.source)) &&
    (!mark || (entry.mark & (mark.mask ?? 0xffff_ffff)) >>> 0 === mark.value)
  );
}

function isOr<T>(wanted: T | undefined, found: T | undefined): boolean {
  return wanted === undefined || wanted === found;
}
