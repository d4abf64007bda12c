import type { Mac } from '@poplin/net';
import type { Link, LinkChange } from '@poplin/netlink';

/**
 * The change that gives a link its MTU, its MAC and neighbours again, as far as it takes one: a MAC that is set once more is a
 * changed one to the kernel, which then forgets all neighbours on the link.
 */
export function settingsOf(
  there: Link,
  { mtu, mac }: { readonly mtu: number; readonly mac?: Mac },
): readonly LinkChange[] {
  const change: LinkChange = {
    ...(there.mtu !== mtu && { mtu }),
    ...(mac !== undefined && there.mac !== mac && { mac }),
    ...(mac !== undefined && there.noArp && { noArp: false }),
  };
  return Object.keys(change).length > 0 ? [change] : [];
}
