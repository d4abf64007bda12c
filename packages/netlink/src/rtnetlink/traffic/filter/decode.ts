import { Attributes } from '../../../codec/attributes.js';
import { TCA } from '../attributes.js';
import { handleText } from '../handle.js';
import { decodeTrafficHeader, TCMSG_LENGTH } from '../message.js';
import { decodeActions } from './action.js';
import { TCA_MATCHALL, TCA_U32 } from './attributes.js';
import { decodeSelector } from './kind/u32.js';
import { decodeFilterInfo } from './place.js';
import type { Filter } from './types.js';

/**
 * Reads a filter from the body of an RTM_NEWTFILTER or RTM_DELTFILTER; `undefined` for a priority that the kernel tells of by
 * itself, before its filters.
 *
 * @throws {NetlinkError} DECODE.
 */
export function decodeFilter(body: Uint8Array): Filter | undefined {
  const header = decodeTrafficHeader('filter', body);
  const attributes = new Attributes('filter', body, TCMSG_LENGTH);
  if (header.handle === 0 && !attributes.has(TCA.OPTIONS)) return undefined;
  const kind = attributes.text(TCA.KIND) ?? '';
  const parent = handleText(header.parent);
  return {
    ifindex: header.ifindex,
    kind,
    ...(parent === undefined ? {} : { parent }),
    ...decodeFilterInfo(header.info),
    chain: attributes.u32(TCA.CHAIN) ?? 0,
    handle: header.handle,
    ...decodeOptions(kind, attributes.bytes(TCA.OPTIONS)),
  };
}

/** The options of kinds that are ours: another's attributes may mean anything. */
function decodeOptions(
  kind: string,
  bytes: Uint8Array | undefined,
): Pick<Filter, 'keys' | 'actions'> {
  if (!bytes || (kind !== 'u32' && kind !== 'matchall')) return { actions: [] };
  const options = new Attributes('filter', bytes);
  if (kind === 'matchall') return { actions: decodeActions(options.nested(TCA_MATCHALL.ACT)) };
  const selector = options.bytes(TCA_U32.SEL);
  return {
    actions: decodeActions(options.nested(TCA_U32.ACT)),
    ...(selector === undefined ? {} : { keys: decodeSelector(selector) }),
  };
}
