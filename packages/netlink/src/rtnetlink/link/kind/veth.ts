import type { AttributeWriter } from '../../../codec/attribute-writer.js';
import { checkIfindex } from '../../encode-request.js';
import { type NetnsByHandle, writeTargetNetns } from '../../target-netns.js';
import { IFLA, linkNetnsAttributes } from '../attributes.js';
import { encodeLinkHeader } from '../header.js';
import { checkLinkName } from '../name.js';
import { type BirthSettings, type LaterSettings, writeBirthSettings } from '../settings.js';

/** A pair of links joined by a wire: what goes into one comes out of the other. */
export interface VethKind {
  readonly kind: 'veth';
  readonly peer: VethPeer;
}

/**
 * The other end of a veth.
 *
 * It cannot be born up: the kernel opens it before it joins the two ends, and an end without the other one answers
 * ENOTCONN (veth_open, Linux 6.18). Nor can it be born with what {@link LaterSettings} has. `Netlink.link.add` gives it
 * all of that in a second request, in the peer's namespace; the encoder `linkAdd` leaves it out.
 */
export interface VethPeer extends BirthSettings, LaterSettings {
  /** Interface name, 1 to 15 bytes. */
  readonly name: string;
  /** Namespace in which the peer is made straight away; the handle's own by default, also when the other end's is not. */
  readonly netns?: NetnsByHandle;
  /** Brings it up, once both ends are there. */
  readonly up?: boolean;
  /** Index of the bridge that it becomes a port of, in the peer's namespace; the kernel ignores it at birth. */
  readonly masterIfindex?: number;
}

/** Attribute inside IFLA_INFO_DATA of a veth: the peer, as a link of its own. */
const VETH_INFO_PEER = 1;

/** Writes IFLA_INFO_DATA of a veth. @throws {NetlinkError} INVALID_ARGUMENT. */
export function writeVeth(operation: string, data: AttributeWriter, { peer }: VethKind): void {
  data.nested(VETH_INFO_PEER, (link) => {
    const wanted =
      peer.ifindex === undefined ? {} : { ifindex: checkIfindex(operation, peer.ifindex) };
    link.header(encodeLinkHeader(wanted));
    link.text(IFLA.IFNAME, checkLinkName(operation, peer.name));
    writeBirthSettings(operation, link, peer);
    if (peer.netns) writeTargetNetns(operation, link, peer.netns, linkNetnsAttributes);
  });
}
