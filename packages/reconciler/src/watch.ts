import type { Address, Link, MonitorEvent, Netconf, PortOfBridge } from '@poplin/netlink';
import { neighbourItem } from './actual.js';
import type { Change } from './change.js';
import type { DesiredState } from './desired.js';
import { fdbItem } from './fdb/item.js';
import { asksTheSame, bridgePortKey, type Item, keyOf, routeKey } from './item.js';
import { linkItem } from './link/item.js';
import type { KnownLink } from './link/known.js';
import { echo, type OwnAuthor } from './look-delay.js';
import { sysctlsOf } from './netconf.js';
import { offloadKey } from './offload/tx-checksum.js';
import { isOwnLink, isReservedLinkName } from './ownership.js';
import { routeItem } from './route/item.js';
import { ruleItem } from './rule/item.js';
import { hostLinkOf } from './shaping/ifb.js';

/** What is kept of a link. */
interface SeenLink {
  readonly name: string;
  readonly up: boolean;
  readonly own: boolean;
  /** Index of its master. */
  readonly master: number | undefined;
}

/**
 * Decides which of the kernel's events deserve a look. Our own changes come back as events too: those
 * that leave things as they are wanted do not.
 */
export class EventFilter {
  readonly #desired: DesiredState;
  readonly #isOwn: OwnAuthor;
  readonly #links = new Map<number, SeenLink>();
  readonly #names = new Map<number, string>();
  /** Links that we make and that have not come up yet. */
  readonly #expected = new Set<number>();
  /** The links that we make or change, by name: until when what is told of them is no news, as `performance.now()` tells it. */
  readonly #making = new Map<string, number>();
  /** The links whose options as ports of a bridge we set, by name: until when what is told of those is no news. */
  readonly #porting = new Map<string, number>();
  /** Indices of the links that we delete to make them anew. */
  readonly #leaving = new Set<number>();
  /** Names of the links whose features we switch. */
  readonly #switching = new Set<string>();

  constructor(desired: DesiredState, isOwn?: OwnAuthor) {
    this.#desired = desired;
    this.#isOwn = isOwn;
  }

  /** A link is about to be made, by us: its coming, and its coming up, are no news. */
  expectLink(name: string, ifindex: number): void {
    this.#names.set(ifindex, name);
    this.#expected.add(ifindex);
  }

  /**
   * Changes are about to be made: how our links come to what is wanted is no news.
   *
   * @param links - those that are known to be there.
   */
  expectMaking(changes: readonly Change[], links: Iterable<KnownLink>): void {
    for (const { name, ifindex } of links) this.#names.set(ifindex, name);
    for (const { verb, item } of changes) {
      if (item.kind === 'link' && verb !== 'delete') {
        this.#making.set(item.value.name, Number.POSITIVE_INFINITY);
      }
      if (item.kind === 'bridgePort' && verb !== 'delete') {
        this.#porting.set(item.value.link, Number.POSITIVE_INFINITY);
      }
      if (item.kind === 'offload') this.#switching.add(item.value.link);
    }
  }

  /** The changes are made: what is told of our links is news again as soon as they are as wanted, or the echo has died away. */
  expectMade(): void {
    const until = performance.now() + echo;
    for (const name of this.#making.keys()) this.#making.set(name, until);
    for (const name of this.#porting.keys()) this.#porting.set(name, until);
  }

  /** A link is about to be deleted, by us, to be made anew: its going is no news. That of the new one is, even before it is as wanted. */
  expectGone(ifindex: number): void {
    this.#leaving.add(ifindex);
  }

  /** Takes over the links that a look has found. */
  knowLinks(links: Iterable<Link>): void {
    this.#names.clear();
    this.#links.clear();
    this.#expected.clear();
    this.#making.clear();
    this.#porting.clear();
    this.#leaving.clear();
    this.#switching.clear();
    for (const link of links) this.#know(link);
  }

  /** Tells why an event deserves a look, or `undefined`. */
  reasonToLook(event: MonitorEvent): string | undefined {
    switch (event.kind) {
      case 'resync':
        return `events were lost: ${event.reason}`;
      case 'nftables':
        return this.#isOwn && event.authors.every(this.#isOwn)
          ? undefined
          : 'the nftables ruleset changed';
      case 'link':
        return this.#linkReason(event.action, event.link);
      case 'bridge-port':
        return this.#portReason(event.port);
      case 'netconf':
        return this.#netconfReason(event.netconf);
      case 'address':
        return this.#addressReason(event.address);
      case 'neighbour': {
        const name = this.#names.get(event.neighbour.ifindex);
        if (name === undefined) return undefined;
        const key = `neighbour ${event.neighbour.ip} dev ${name}`;
        return this.#itemReason(event.action, key, neighbourItem(event.neighbour, this.#names));
      }
      case 'fdb': {
        const link = this.#links.get(event.entry.ifindex);
        const item = fdbItem(event.entry, link?.own ? link.name : undefined);
        return item && this.#itemReason(event.action, keyOf(item), item);
      }
      case 'rule': {
        const item = ruleItem(event.rule);
        return item && this.#itemReason(event.action, keyOf(item), item);
      }
      case 'route':
        return this.#itemReason(
          event.action,
          routeKey(event.route),
          routeItem(event.route, this.#names),
        );
    }
  }

  /** Routes lose their source address with the address, those of IPv6 without an event (fib6_remove_prefsrc). */
  #addressReason({ ifindex, ip }: Address): string | undefined {
    const name = this.#names.get(ifindex) ?? '';
    const matters = isReservedLinkName(name) || this.#desired.usesSource(ip);
    return matters ? `address ${ip} of ${name} changed` : undefined;
  }

  /** `own` is the object as an item, when the event is about one with Poplin's protocol number. */
  #itemReason(action: 'new' | 'del', key: string, own: Item | undefined): string | undefined {
    const wanted = this.#desired.get(key);
    if (!wanted && !own) return undefined;
    const asWanted =
      action === 'new' ? wanted && own && asksTheSame(wanted, own) : wanted === undefined;
    return asWanted ? undefined : `${key} was ${action === 'new' ? 'changed' : 'deleted'}`;
  }

  /** IPv4 routes vanish without an event of their own when their link goes down (fib_disable_ip). */
  #linkReason(action: 'new' | 'del', link: Link): string | undefined {
    const { name } = link;
    const before = this.#links.get(link.ifindex);
    if (action === 'new') this.#know(link);
    else this.#forget(link);
    if (action === 'new' && this.#expected.has(link.ifindex)) {
      if (link.up) this.#expected.delete(link.ifindex);
      return undefined;
    }
    if (this.#limits(name)) {
      const down = before?.up === true && !link.up;
      return action === 'del' || down ? `link ${name} of a limit went down` : undefined;
    }
    if (!this.#desired.usesLink(name) && !isReservedLinkName(name)) return undefined;
    const wanted = this.#desired.get(`link ${name}`);
    const isRight = wanted !== undefined && this.#isRight(link, wanted);
    if (action === 'del') {
      return this.#leaving.delete(link.ifindex) ? undefined : `link ${name} was deleted`;
    }
    if (performance.now() < (this.#making.get(name) ?? 0)) {
      if (isRight) this.#making.delete(name);
      return undefined;
    }
    if (link.event === 'features') return this.#featuresReason(name);
    if (before?.name !== name) return `link ${name} appeared`;
    if (before.up !== link.up) return `link ${name} went ${link.up ? 'up' : 'down'}`;
    if (before.master !== link.masterIfindex && !this.#isPortAsWanted(link)) {
      return `link ${name} joined or left a bridge`;
    }
    return wanted && !isRight ? `link ${name} was changed` : undefined;
  }

  /** That it is out of its bridge is told of the link. */
  #portReason({ name, options }: PortOfBridge): string | undefined {
    const wanted = this.#desired.get(bridgePortKey(name));
    if (wanted?.kind !== 'bridgePort') return undefined;
    // What an older kernel does not know of is off.
    const { hairpin = false, isolated = false } = options;
    const isRight = hairpin === wanted.value.hairpin && isolated === wanted.value.isolated;
    const isOurs = performance.now() < (this.#porting.get(name) ?? 0);
    if (isRight && isOurs) this.#porting.delete(name);
    return isRight || isOurs ? undefined : `options of port ${name} were changed`;
  }

  #netconfReason(netconf: Netconf): string | undefined {
    const differing = sysctlsOf(netconf, (ifindex) => this.#names.get(ifindex)).find((state) => {
      const wanted = this.#desired.get(keyOf({ kind: 'sysctl', value: state }));
      return wanted?.kind === 'sysctl' && wanted.value.value !== state.value;
    });
    return differing && `sysctl ${differing.key} was changed`;
  }

  #isPortAsWanted({ name, masterIfindex = 0 }: Link): boolean {
    const port = this.#desired.get(bridgePortKey(name));
    return port?.kind !== 'bridgePort' || port.value.bridge === this.#names.get(masterIfindex);
  }

  #featuresReason(name: string): string | undefined {
    if (this.#switching.delete(name)) return undefined;
    const wanted = this.#desired.get(offloadKey({ link: name, txChecksum: false }));
    return wanted && `features of ${name} were switched`;
  }

  #isRight(link: Link, wanted: Item): boolean {
    const indexOf = (name: string) => [...this.#names].find(([, known]) => known === name)?.[0];
    return linkItem(link, wanted, indexOf) === wanted;
  }

  /** Tells whether a link is one of a limit that is wanted. Our own making of it is no reason to look. */
  #limits(name: string): boolean {
    const hostLink = hostLinkOf(name);
    return hostLink !== undefined && this.#desired.get(`shaping dev ${hostLink}`) !== undefined;
  }

  #know(link: Link): void {
    const { ifindex, name, up, masterIfindex: master } = link;
    this.#names.set(ifindex, name);
    this.#links.set(ifindex, { name, up, own: isOwnLink(link), master });
  }

  #forget({ ifindex }: Link): void {
    this.#names.delete(ifindex);
    this.#links.delete(ifindex);
    this.#expected.delete(ifindex);
  }
}
