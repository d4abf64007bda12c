import { type Peer, twinObjection, type Underlay } from '@poplin/backend';
import { families } from '@poplin/net';
import type { VxlanPeerData } from './peer-data.js';
import type { Vtep } from './tunnel.js';

/** Why a peer as a whole cannot be reached, whatever the family; undefined when nothing is against it. */
export function objectionTo(
  { options, macs }: Vtep,
  { addresses, data }: Peer<VxlanPeerData>,
  underlay: Underlay,
): string | undefined {
  const twin = twinObjection({ addresses }, underlay);
  if (twin !== undefined) return twin;
  if (families.some((family) => families.some((own) => macs[own] === data.macs[family]))) {
    return 'it published the VTEP MAC of this node, so both have the same node id. Was one copied from the other? Remove its identity and start it anew';
  }
  if (data.vni !== options.vni) {
    return `it uses VNI ${data.vni} and this node ${options.vni}`;
  }
  if (data.port !== options.port) {
    return `it uses UDP port ${data.port} and this node ${options.port}`;
  }
  return undefined;
}
