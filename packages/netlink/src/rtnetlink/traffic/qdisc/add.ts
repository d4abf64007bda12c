import type { AttributeWriter } from '../../../codec/attribute-writer.js';
import { NLM_F } from '../../../codec/message.js';
import { invalidArgument } from '../../../error.js';
import type { NetlinkRequest } from '../../../socket/request.js';
import { checkIfindex, encodeRequest } from '../../encode-request.js';
import { RTM } from '../../message-types.js';
import { TCA } from '../attributes.js';
import { handleNumber, INGRESS_HANDLE, INGRESS_PARENT } from '../handle.js';
import { encodeTrafficHeader } from '../message.js';
import { writeNetem } from './kind/netem.js';
import { writeTbf } from './kind/tbf.js';
import type { QdiscSelector, QdiscSpec } from './types.js';

/**
 * Makes a qdisc; EEXIST when the place is taken. Same as `tc qdisc add …`.
 *
 * @throws {NetlinkError} INVALID_ARGUMENT for a bad handle or number.
 */
export function qdiscAdd(spec: QdiscSpec): NetlinkRequest {
  return encode('add', NLM_F.CREATE | NLM_F.EXCL, spec);
}

/** Makes a qdisc or takes the place of the one that is there. Same as `tc qdisc replace …`. @throws {NetlinkError} INVALID_ARGUMENT. */
export function qdiscReplace(spec: QdiscSpec): NetlinkRequest {
  return encode('replace', NLM_F.CREATE | NLM_F.REPLACE, spec);
}

/** Changes the options of a qdisc; ENOENT when there is none. Same as `tc qdisc change …`. @throws {NetlinkError} INVALID_ARGUMENT. */
export function qdiscChange(spec: QdiscSpec): NetlinkRequest {
  return encode('change', 0, spec);
}

function encode(verb: string, flags: number, spec: QdiscSpec): NetlinkRequest {
  const name = spec.kind === 'default' ? spec.name : spec.kind;
  const operation = `${verb} qdisc ${name} on link #${spec.ifindex}`;
  if (!/^[\w.-]{1,15}$/.test(name)) throw invalidArgument(operation, 'that is no kind of qdisc');
  const header = encodeQdiscPlace(operation, spec);
  return encodeRequest({ type: RTM.NEWQDISC, flags, operation }, header, (attributes) => {
    attributes.text(TCA.KIND, name);
    writeOptions(operation, attributes, spec);
  });
}

/** The header that says which qdisc is meant. */
export function encodeQdiscPlace(
  operation: string,
  { ifindex, kind, parent = 'root', handle }: QdiscSelector | QdiscSpec,
): Uint8Array {
  const ownPlace = kind === 'ingress' || kind === 'clsact';
  return encodeTrafficHeader({
    ifindex: checkIfindex(operation, ifindex),
    parent: ownPlace ? INGRESS_PARENT : handleNumber(operation, parent),
    handle: ownPlace ? INGRESS_HANDLE : handle === undefined ? 0 : handleNumber(operation, handle),
  });
}

function writeOptions(operation: string, attributes: AttributeWriter, spec: QdiscSpec): void {
  switch (spec.kind) {
    case 'tbf':
      attributes.nested(TCA.OPTIONS, (options) => writeTbf(operation, options, spec));
      break;
    case 'netem':
      writeNetem(operation, attributes, spec);
      break;
    default:
  }
}
