import { namesOf } from '../../names.js';

/** Which tag a VLAN goes by: the customer's, or the provider's outside of it (QinQ). */
export type VlanProtocol = '802.1Q' | '802.1ad';

/** ETH_P_8021Q, ETH_P_8021AD (linux/if_ether.h). */
export const vlanProtocols = namesOf<VlanProtocol>({ '802.1Q': 0x8100, '802.1ad': 0x88a8 });
