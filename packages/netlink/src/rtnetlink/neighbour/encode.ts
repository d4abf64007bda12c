import { familyOf } from '@poplin/net';
import type { NetlinkRequest } from '../../socket/request.js';
import { checkIfindex, encodeRequest } from '../encode-request.js';
import { familyNumber } from '../family.js';
import { RTM } from '../message-types.js';
import { NDA, NTF, NTF_EXT_MANAGED, neighbourStates } from './attributes.js';
import { encodeNeighbourHeader } from './header.js';
import type { NeighbourSelector, NeighbourSpec } from './types.js';

/** The request that makes or changes a neighbour. @throws {NetlinkError} INVALID_ARGUMENT for a bad index or protocol. */
export function encodeNeighbour(verb: string, flags: number, spec: NeighbourSpec): NetlinkRequest {
  const operation = operationOf(verb, spec);
  const header = encodeNeighbourHeader({
    family: familyNumber(familyOf(spec.ip)),
    ifindex: checkIfindex(operation, spec.ifindex),
    state: neighbourStates.numberOf(
      spec.state ?? (spec.managed || spec.use ? 'none' : 'permanent'),
    ),
    flags: flagsOf(spec),
  });
  return encodeRequest({ type: RTM.NEWNEIGH, flags, operation }, header, (attributes) => {
    attributes.ip(NDA.DST, spec.ip);
    if (spec.mac !== undefined) attributes.mac(NDA.LLADDR, spec.mac);
    if (spec.protocol !== undefined) attributes.u8(NDA.PROTOCOL, spec.protocol);
    if (spec.managed) attributes.u32(NDA.FLAGS_EXT, NTF_EXT_MANAGED);
  });
}

/** A request about one neighbour that is there. @throws {NetlinkError} INVALID_ARGUMENT for a bad index. */
export function encodeNeighbourSelector(
  verb: string,
  type: number,
  selector: NeighbourSelector,
): NetlinkRequest {
  const operation = operationOf(verb, selector);
  const header = encodeNeighbourHeader({
    family: familyNumber(familyOf(selector.ip)),
    ifindex: checkIfindex(operation, selector.ifindex),
    flags: selector.proxy ? NTF.PROXY : 0,
  });
  return encodeRequest({ type, flags: 0, operation }, header, (attributes) =>
    attributes.ip(NDA.DST, selector.ip),
  );
}

function operationOf(verb: string, { ip, ifindex, proxy }: NeighbourSelector): string {
  return `${verb} ${proxy ? 'proxy ' : ''}neighbour ${ip} on link #${ifindex}`;
}

function flagsOf({ proxy, router, externLearn, use }: NeighbourSpec): number {
  return (
    (proxy ? NTF.PROXY : 0) |
    (router ? NTF.ROUTER : 0) |
    (externLearn ? NTF.EXT_LEARNED : 0) |
    (use ? NTF.USE : 0)
  );
}
