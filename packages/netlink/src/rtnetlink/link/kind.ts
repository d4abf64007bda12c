import type { AttributeWriter } from '../../codec/attribute-writer.js';
import { IFLA, IFLA_BR, IFLA_INFO, VETH_INFO_PEER } from './attributes.js';
import { encodeLinkHeader } from './header.js';
import { checkLinkName } from './name.js';
import type { BridgeKind, LinkSpec, VethPeer } from './types.js';

/** Writes IFLA_LINKINFO: the kind and what only that kind has. */
export function writeKind(operation: string, attributes: AttributeWriter, spec: LinkSpec): void {
  attributes.nested(IFLA.LINKINFO, (info) => {
    info.bytes(IFLA_INFO.KIND, Buffer.from(spec.kind));
    switch (spec.kind) {
      case 'veth':
        return info.nested(IFLA_INFO.DATA, (data) => writePeer(operation, data, spec.peer));
      case 'bridge':
        return info.nested(IFLA_INFO.DATA, (data) => writeBridge(data, spec));
      case 'dummy':
        return info;
    }
  });
}

function writePeer(operation: string, data: AttributeWriter, peer: VethPeer): void {
  data.nested(VETH_INFO_PEER, (link) => {
    link.header(encodeLinkHeader());
    link.text(IFLA.IFNAME, checkLinkName(operation, peer.name));
    if (peer.mtu !== undefined) link.u32(IFLA.MTU, peer.mtu);
    if (peer.mac !== undefined) link.mac(IFLA.ADDRESS, peer.mac);
    if (peer.netns) link.u32(IFLA.NET_NS_FD, peer.netns.fd);
  });
}

function writeBridge(data: AttributeWriter, bridge: BridgeKind): void {
  // The kernel counts in hundredths of a second (clock_t), whatever its own tick.
  if (bridge.ageingTime !== undefined) {
    data.u32(IFLA_BR.AGEING_TIME, Math.round(100 * bridge.ageingTime));
  }
  if (bridge.stp !== undefined) data.u32(IFLA_BR.STP_STATE, bridge.stp ? 1 : 0);
  if (bridge.vlanFiltering !== undefined) {
    data.u8(IFLA_BR.VLAN_FILTERING, bridge.vlanFiltering ? 1 : 0);
  }
  if (bridge.multicastSnooping !== undefined) {
    data.u8(IFLA_BR.MCAST_SNOOPING, bridge.multicastSnooping ? 1 : 0);
  }
}
