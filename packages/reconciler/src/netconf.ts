import type { SysctlState } from '@poplin/backend';
import type { Netconf } from '@poplin/netlink';

/**
 * The sysctls that an event of the kernel tells of, with the values that they have now. Of all others it tells nothing: only looks see them.
 *
 * @param nameOf - the name of a link by its index.
 */
export function sysctlsOf(
  { family, scope, forwarding, rpFilter }: Netconf,
  nameOf: (ifindex: number) => string | undefined,
): readonly SysctlState[] {
  const place = typeof scope === 'number' ? nameOf(scope) : scope;
  if (place === undefined) return [];
  const folder = `net/${family}/conf/${place}`;
  const states: SysctlState[] = [];
  if (forwarding !== undefined) {
    const value = forwarding ? '1' : '0';
    states.push({ key: `${folder}/forwarding`, value });
    // The same switch under its older name.
    if (family === 'ipv4' && scope === 'all') states.push({ key: 'net/ipv4/ip_forward', value });
  }
  if (rpFilter !== undefined) states.push({ key: `${folder}/rp_filter`, value: String(rpFilter) });
  return states;
}
