import { type Family, type Mac, macForSeed } from '@poplin/net';

/** A MAC for each of the underlay's families: each has a link of its own. */
export type MacByFamily = Readonly<Record<Family, Mac>>;

/**
 * The MACs of a node's VTEPs: the first six bytes of SHA-256 of `poplin.vxlan NODE-ID` (over IPv6: `poplin.vxlan6 NODE-ID`), made
 * locally administered and unicast. A link that is made anew has the MAC that its peers know.
 *
 * @param nodeId - stable id of the node, a UUID.
 */
export function vtepMacs(nodeId: string): MacByFamily {
  return {
    ipv4: macForSeed(`poplin.vxlan ${nodeId}`),
    ipv6: macForSeed(`poplin.vxlan6 ${nodeId}`),
  };
}
