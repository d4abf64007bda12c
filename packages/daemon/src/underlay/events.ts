import { type MonitorEvent, tables } from '@poplin/netlink';
import { poplinProtocol } from '@poplin/reconciler';

/** Events of this long are answered with one look, ms: an address and its routes come and go together. */
const coalesce = 10;

/** The same for routes, ms: a routing daemon may change thousands in a second, and few of them lead to the registry. */
const calm = 1000;

/** Links that Poplin makes: those of pods and their limits by the thousand, and tunnels. */
const ownLinks = /^(poplin|(popx?|pbw)[0-9a-f]{11}$)/;

/** Tells how soon the underlay is to be looked at after an event, ms; `undefined`: it is no business of the underlay's. */
export function delayOfLook(event: MonitorEvent): number | undefined {
  switch (event.kind) {
    case 'resync':
      return coalesce;
    case 'link':
      return ownLinks.test(event.link.name) ? undefined : coalesce;
    case 'address':
      // Every interface of IPv6 has an address of the scope `link`.
      return event.address.scope === 'link' ? undefined : coalesce;
    case 'route': {
      const { table, protocol, dst } = event.route;
      if (table !== tables.main || protocol === poplinProtocol) return undefined;
      // Every interface of IPv6 brings one, those of pods too, and no other host is behind it.
      if (dst.startsWith('fe80:')) return undefined;
      return dst.endsWith('/0') ? coalesce : calm;
    }
    default:
      return undefined;
  }
}
