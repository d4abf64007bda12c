import { type Ip, parseIp } from '@poplin/net';
import type { AddressState, SysctlState } from './kernel-state.js';

/**
 * An address that a tunnel's link has for the kernel's eyes only: scope `host`, so it is never a source, and no route leads to it.
 * All tunnels of all nodes may have it.
 */
const placeholder: Ip = parseIp('169.254.112.112');

/**
 * What makes the reverse path filter of a tunnel's link loose, whatever the host's is: `rp_filter` 2, as the greater of the link's value and
 * that of `all` counts, and an IPv4 address of any kind, because a link without one gets the strict check in its stead
 * (`fib_validate_source`, net/ipv4/fib_frontend.c: `no_addr`). Packets may come through a tunnel whose answers take another way: while a
 * cluster changes its backend, and when a node asks a peer through the tunnel whether it carries packets. Part of `planHost`.
 *
 * @param links - names of the tunnel's links.
 */
export function looseReversePath(links: readonly string[]): {
  readonly addresses: readonly AddressState[];
  readonly sysctls: readonly SysctlState[];
} {
  return {
    addresses: links.map((link) => ({ link, ip: placeholder, length: 32, scope: 'host' })),
    sysctls: links.map((link) => ({ key: `net/ipv4/conf/${link}/rp_filter`, value: '2' })),
  };
}
