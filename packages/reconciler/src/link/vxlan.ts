import type { VxlanLinkState } from '@poplin/backend';
import type { Link } from '@poplin/netlink';
import type { LinkForm } from './form.js';
import { settingsOf } from './settings.js';

/**
 * The form of a vxlan. Its network and its port stay for good (vxlan_changelink); its own address and the link below can be
 * changed in place.
 */
export function vxlanForm(state: VxlanLinkState, underlay: number | undefined): LinkForm {
  const { name, mtu, mac, vni, port, local } = state;
  const below = underlay === undefined ? {} : { linkIfindex: underlay };
  const options = { kind: 'vxlan', local, learning: false, ...below } as const;
  return {
    module: 'vxlan',
    spec: { ...options, name, mtu, mac, vni, port },
    isRight: (there) =>
      isSameNetwork(there) && hasOptions(there) && there.mac === mac && !there.noArp,
    changes(there) {
      if (!isSameNetwork(there)) return undefined;
      // Options first, without the MTU: the kernel refuses the two in one request, and the limit of the MTU follows the link below.
      const data = hasOptions(there) ? [] : [{ data: options }];
      return [...data, ...settingsOf(there, { mtu, mac })];
    },
  };

  function hasOptions({ data }: Link): boolean {
    return (
      data?.kind === 'vxlan' &&
      data.local === local &&
      data.linkIfindex === underlay &&
      data.learning === false
    );
  }

  /** The kernel takes no default destination back, but for another one. */
  function isSameNetwork({ data }: Link): boolean {
    return (
      data?.kind === 'vxlan' &&
      data.vni === vni &&
      data.port === port &&
      data.remote === undefined &&
      !data.external
    );
  }
}
