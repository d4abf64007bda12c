import type { Ip6tnlLinkState, IpipLinkState } from '@poplin/backend';
import type { LinkData } from '@poplin/netlink';
import type { LinkForm } from './form.js';
import { settingsOf } from './settings.js';

/** Options by which a tunnel differs from any other of its kind: made anew where they differ. */
type TunnelOptions = Extract<LinkData, { kind: 'ipip' | 'ip6tnl' }>;

/** The form of a tunnel of IPv4 in IPv4 (RFC 2003), to any other end: the next hop of a route tells which. */
export function ipipForm(state: IpipLinkState, underlay: number | undefined): LinkForm {
  const { name, mtu, local } = state;
  const options = { kind: 'ipip', local, mode: 'ipip', ...below(underlay) } as const;
  return tunnelForm('ipip', { name, mtu, ...options }, options);
}

/**
 * The form of a tunnel of IPv6 in IPv6 (RFC 2473), to any other end. Without the option that limits encapsulation, which
 * takes eight bytes of each packet and which routers on the way may drop (RFC 7045).
 */
export function ip6tnlForm(state: Ip6tnlLinkState, underlay: number | undefined): LinkForm {
  const { name, mtu, local } = state;
  const options = {
    kind: 'ip6tnl',
    local,
    mode: 'ip6ip6',
    encapLimit: 'none',
    ...below(underlay),
  } as const;
  return tunnelForm('ip6_tunnel', { name, mtu, ...options }, options);
}

function tunnelForm(
  module: string,
  spec: NonNullable<LinkForm['spec']> & { readonly mtu: number },
  options: TunnelOptions,
): LinkForm {
  const isRight: LinkForm['isRight'] = ({ data }) => {
    const has: Readonly<Record<string, unknown>> = { ...data };
    const all = Object.entries(options).every(([name, value]) => has[name] === value);
    return all && options.linkIfindex !== undefined && has.remote === undefined && !has.external;
  };
  return {
    module,
    spec,
    isRight,
    changes: (there) => (isRight(there) ? settingsOf(there, { mtu: spec.mtu }) : undefined),
  };
}

function below(underlay: number | undefined): { readonly linkIfindex?: number } {
  return underlay === undefined ? {} : { linkIfindex: underlay };
}
