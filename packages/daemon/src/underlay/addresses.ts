import type { UnderlayAddress } from '@poplin/backend';
import { cidrOf, type Family, families, familyOf, type Ip } from '@poplin/net';
import type { Address } from '@poplin/netlink';
import { type HostNetwork, type PickedLink, reachableAddresses } from './host-network.js';

/** IFA_F_* of linux/if_addr.h. */
const flag = {
  /** IFA_F_SECONDARY for IPv4, IFA_F_TEMPORARY (RFC 8981) for IPv6: the same bit. */
  secondary: 0x01,
  /** IFA_F_DEPRECATED: not to be used for anything new. */
  deprecated: 0x20,
} as const;

/**
 * This node's address per family on the link that was picked, IPv4 first.
 *
 * @param before - those that were chosen before. They stay while they are on the link in good standing, whatever came beside them: the
 *   kernel lists the newest address of IPv6 first, and peers should not have to follow it. A new one counts when duplicate address
 *   detection is done with it; no route can name it as its source earlier.
 */
export function underlayAddresses(
  network: HostNetwork,
  pick: PickedLink,
  before?: readonly UnderlayAddress[],
): UnderlayAddress[] {
  const known = (ip: Ip): boolean => before?.some((one) => one.ip === ip) ?? false;
  const usable = reachableAddresses(network, pick.link).filter(
    ({ tentative, ip }) => !tentative || before === undefined || known(ip),
  );
  return families.flatMap((family) => {
    const onLink = usable.filter((one) => one.family === family);
    const wanted = asked(network, family, pick.preferred);
    const steady = onLink.find(({ ip, flags }) => known(ip) && (flags & flag.deprecated) === 0);
    const firm = pick.firm === true || wanted?.ifindex !== pick.link.ifindex;
    const address = (firm ? (wanted ?? steady) : (steady ?? wanted)) ?? best(onLink);
    return address === undefined ? [] : [underlayAddress(address)];
  });
}

/**
 * The preferred address, which may be on another link: a host that speaks BGP to its switches has its
 * address on `lo`, and its routes name it as their source.
 */
function asked(network: HostNetwork, family: Family, ip: Ip | undefined): Address | undefined {
  if (ip === undefined || familyOf(ip) !== family) return undefined;
  return network.addresses.find((one) => one.ip === ip);
}

/** The first of the addresses that are least bad; the kernel lists them in the order they came. */
function best(addresses: readonly Address[]): Address | undefined {
  return [...addresses].sort((a, b) => drawbacks(a) - drawbacks(b)).at(0);
}

/** The greater, the sooner the address goes away: deprecated, temporary or secondary, with a lifetime. */
function drawbacks(address: Address): number {
  return (
    ((address.flags & flag.deprecated) !== 0 ? 8 : 0) +
    (address.tentative ? 4 : 0) +
    ((address.flags & flag.secondary) !== 0 ? 2 : 0) +
    (address.permanent ? 0 : 1)
  );
}

/** On a point-to-point link the prefix is that of the other end. */
function underlayAddress({ family, ip, length, peer }: Address): UnderlayAddress {
  return { family, ip, onLink: cidrOf(peer ?? ip, length) };
}
