import type { AttributeWriter } from '../../../codec/attribute-writer.js';
import { NLM_F } from '../../../codec/message.js';
import { invalidArgument } from '../../../error.js';
import type { NetlinkRequest } from '../../../socket/request.js';
import { encodeRequest } from '../../encode-request.js';
import { RTM } from '../../message-types.js';
import { TCA } from '../attributes.js';
import { writeActions } from './action.js';
import { TCA_MATCHALL, TCA_U32 } from './attributes.js';
import { encodeSelector, keysOf } from './kind/u32.js';
import { encodeFilterPlace } from './place.js';
import type { FilterSpec } from './types.js';

/**
 * Makes a filter; EEXIST when there is one of that priority and handle. Same as `tc filter add …`.
 *
 * @throws {NetlinkError} INVALID_ARGUMENT for a bad handle or number.
 */
export function filterAdd(spec: FilterSpec): NetlinkRequest {
  return encode('add', NLM_F.CREATE | NLM_F.EXCL, spec);
}

/** Makes a filter or takes the place of the one that is there. Same as `tc filter replace …`. @throws {NetlinkError} INVALID_ARGUMENT. */
export function filterReplace(spec: FilterSpec): NetlinkRequest {
  return encode('replace', NLM_F.CREATE, spec);
}

function encode(verb: string, flags: number, spec: FilterSpec): NetlinkRequest {
  const { kind, protocol = 'all', chain } = spec;
  const operation = `${verb} filter ${kind} at ${spec.parent} of link #${spec.ifindex}`;
  const header = encodeFilterPlace(operation, spec, protocol);
  return encodeRequest({ type: RTM.NEWTFILTER, flags, operation }, header, (attributes) => {
    attributes.text(TCA.KIND, kind);
    if (chain !== undefined) attributes.u32(TCA.CHAIN, chain);
    attributes.nested(TCA.OPTIONS, (options) => writeOptions(operation, options, spec));
  });
}

function writeOptions(operation: string, options: AttributeWriter, spec: FilterSpec): void {
  if (spec.kind === 'matchall') {
    writeActions(operation, options, TCA_MATCHALL.ACT, spec.actions);
    return;
  }
  const { match = {}, protocol } = spec;
  const { keys, ...fields } = match;
  if (Object.keys(fields).length > 0 && protocol !== 'ip' && protocol !== 'ipv6') {
    throw invalidArgument(operation, 'the protocol must be ip or ipv6 to look into its header');
  }
  const family = protocol === 'ipv6' ? 'ipv6' : 'ipv4';
  options.bytes(TCA_U32.SEL, encodeSelector(operation, keysOf(operation, family, match)));
  writeActions(operation, options, TCA_U32.ACT, spec.actions);
}
