import type { Link, MonitorEvent } from '@poplin/netlink';
import { neighbourItem, routeItem } from './actual.js';
import type { DesiredState } from './desired.js';
import { fingerprintOf, type Item } from './item.js';
import { isReservedLinkName } from './ownership.js';
import { hostLinkOf } from './shaping/ifb.js';

/** Events of this long are answered with one look, ms. */
const coalesce = 10;

/** An event of nftables that comes this soon after an own commit is most likely that commit's, ms. */
const echo = 100;

/** The table is listed once for all commits of this long, ms: that takes long with hundreds of pods. */
const calm = 1000;

/**
 * Tells how soon the kernel is to be looked at after an event that deserves it, ms. An event of nftables says not who
 * changed what, so somebody else's change right after one of ours waits longer.
 *
 * @param writtenAt - when the table was last written, as `performance.now()` tells it.
 */
export function delayOf({ kind }: MonitorEvent, writtenAt: number): number {
  return kind === 'nftables' && performance.now() - writtenAt < echo ? calm : coalesce;
}

/**
 * Decides which of the kernel's events deserve a look. Our own changes come back as events too: those
 * that leave things as they are wanted do not.
 */
export class EventFilter {
  readonly #desired: DesiredState;
  readonly #names = new Map<number, string>();
  readonly #up = new Map<number, boolean>();
  /** Links that we make and that have not come up yet. */
  readonly #expected = new Set<number>();

  constructor(desired: DesiredState) {
    this.#desired = desired;
  }

  /** A link is about to be made, by us: its coming, and its coming up, are no news. */
  expectLink(name: string, ifindex: number): void {
    this.#names.set(ifindex, name);
    this.#expected.add(ifindex);
  }

  /** Takes over the links that a look has found. */
  knowLinks(links: Iterable<Link>): void {
    this.#names.clear();
    this.#up.clear();
    this.#expected.clear();
    for (const link of links) this.#know(link);
  }

  /** Tells why an event deserves a look, or `undefined`. */
  reasonToLook(event: MonitorEvent): string | undefined {
    switch (event.kind) {
      case 'resync':
        return `events were lost: ${event.reason}`;
      case 'nftables':
        return 'the nftables ruleset changed';
      case 'link':
        return this.#linkReason(event.action, event.link);
      case 'address': {
        const name = this.#names.get(event.address.ifindex) ?? '';
        return isReservedLinkName(name) ? `an address of ${name} changed` : undefined;
      }
      case 'neighbour': {
        const name = this.#names.get(event.neighbour.ifindex);
        if (name === undefined) return undefined;
        const key = `neighbour ${event.neighbour.ip} dev ${name}`;
        return this.#itemReason(event.action, key, neighbourItem(event.neighbour, this.#names));
      }
      // Nobody asked for rules.
      case 'rule':
        return undefined;
      case 'route': {
        if (event.route.table !== 254) return undefined;
        const key = `route ${event.route.dst}`;
        return this.#itemReason(event.action, key, routeItem(event.route, this.#names));
      }
    }
  }

  /** `own` is the object as an item, when the event is about one with Poplin's protocol number. */
  #itemReason(action: 'new' | 'del', key: string, own: Item | undefined): string | undefined {
    const wanted = this.#desired.get(key);
    if (!wanted && !own) return undefined;
    const asWanted =
      action === 'new'
        ? wanted && own && fingerprintOf(wanted) === fingerprintOf(own)
        : wanted === undefined;
    return asWanted ? undefined : `${key} was ${action === 'new' ? 'changed' : 'deleted'}`;
  }

  /** IPv4 routes vanish without an event of their own when their link goes down (fib_disable_ip). */
  #linkReason(action: 'new' | 'del', link: Link): string | undefined {
    const before = { name: this.#names.get(link.ifindex), up: this.#up.get(link.ifindex) };
    if (action === 'new') this.#know(link);
    else this.#forget(link);
    if (action === 'new' && this.#expected.has(link.ifindex)) {
      if (link.up) this.#expected.delete(link.ifindex);
      return undefined;
    }
    if (this.#limits(link.name)) {
      const down = before.up === true && !link.up;
      return action === 'del' || down ? `link ${link.name} of a limit went down` : undefined;
    }
    const matters = this.#desired.usesLink(link.name) || isReservedLinkName(link.name);
    if (!matters) return undefined;
    if (action === 'del') return `link ${link.name} was deleted`;
    if (before.name !== link.name) return `link ${link.name} appeared`;
    if (before.up !== link.up) return `link ${link.name} went ${link.up ? 'up' : 'down'}`;
    const wanted = this.#desired.get(`link ${link.name}`);
    const differs =
      wanted?.kind === 'link' &&
      (wanted.value.mtu !== link.mtu || ('mac' in wanted.value && wanted.value.mac !== link.mac));
    return differs ? `link ${link.name} was changed` : undefined;
  }

  /** Tells whether a link is one of a limit that is wanted. Our own making of it is no reason to look. */
  #limits(name: string): boolean {
    const hostLink = hostLinkOf(name);
    return hostLink !== undefined && this.#desired.get(`shaping dev ${hostLink}`) !== undefined;
  }

  #know({ ifindex, name, up }: Link): void {
    this.#names.set(ifindex, name);
    this.#up.set(ifindex, up);
  }

  #forget({ ifindex }: Link): void {
    this.#names.delete(ifindex);
    this.#up.delete(ifindex);
    this.#expected.delete(ifindex);
  }
}
