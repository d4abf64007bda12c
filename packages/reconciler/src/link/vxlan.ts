import type { VxlanLinkState } from '@poplin/backend';
import type { Link } from '@poplin/netlink';
import type { LinkForm } from './form.js';

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
      isSameNetwork(there) &&
      there.data?.kind === 'vxlan' &&
      there.data.local === local &&
      there.data.linkIfindex === underlay &&
      there.data.learning === false &&
      there.mac === mac &&
      !there.noArp,
    change: (there) =>
      isSameNetwork(there) ? { mtu, mac, noArp: false, data: options } : undefined,
  };

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
