import type { LinkState } from '@poplin/backend';
import type { Link, LinkChange, LinkSpec } from '@poplin/netlink';
import { bridgeForm } from './bridge.js';
import { ip6tnlForm, ipipForm } from './ip-tunnel.js';
import { tunForm } from './tun.js';
import { vxlanForm } from './vxlan.js';

/** What one wanted link takes: how it is made, how one that is there is told to be it, and how that becomes it. */
export interface LinkForm {
  /** Module of the kernel that has the kind. */
  readonly module: string;
  /** The link to make, before it is up; absent for a kind that only a process can make. */
  readonly spec?: LinkSpec;
  /** Tells whether a link is of the kind, with all options as wanted. Whether it is up, and its MTU, are not asked here. */
  isRight(there: Link): boolean;
  /** What to change on a link, one request each; `undefined` when the kernel cannot, and it has to be made anew. */
  changes(there: Link): readonly LinkChange[] | undefined;
}

/** The form of a wanted link. @param underlay - index of the link that its outer packets take; `undefined` when it is not there. */
export function formOf(state: LinkState, underlay: number | undefined): LinkForm {
  switch (state.kind) {
    case 'bridge':
      return bridgeForm(state);
    case 'vxlan':
      return vxlanForm(state, underlay);
    case 'ipip':
      return ipipForm(state, underlay);
    case 'ip6tnl':
      return ip6tnlForm(state, underlay);
    case 'tun':
      return tunForm(state);
  }
}

/** Name of the link below a wanted one, which has to be there first. */
export function underlayOf(state: LinkState): string | undefined {
  return 'underlay' in state ? state.underlay : undefined;
}

/** Tells whether a link is just what is wanted. */
export function isLinkRight(state: LinkState, there: Link, underlay: number | undefined): boolean {
  const form = formOf(state, underlay);
  return there.up && there.mtu === state.mtu && form.isRight(there);
}
