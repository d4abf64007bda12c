import {
  addressDel,
  addressReplace,
  fdbDel,
  fdbReplace,
  linkDel,
  linkSet,
  type NetlinkRequest,
  neighbourDel,
  neighbourReplace,
  ruleAdd,
  ruleDel,
} from '@poplin/netlink';
import { portRequests } from './bridge-port/request.js';
import type { Change } from './change.js';
import { ReconcilerError } from './error.js';
import { type Item, keyOf, linksNeededBy } from './item.js';
import type { KnownLink } from './link/known.js';
import { poplinProtocol } from './ownership.js';
import { routeRequest } from './route/request.js';

/**
 * The netlink requests that make a change, in their order; none where there is nothing to ask for.
 *
 * @param links - the links there are, by name.
 * @throws {ReconcilerError} LINK_MISSING when the item needs a link that is not there; FOREIGN_OBJECT when a port is to be made of a
 *   link that is no pod's, or of a bridge that is not ours.
 */
export function requestsFor(
  change: Change,
  links: ReadonlyMap<string, KnownLink>,
): readonly NetlinkRequest[] {
  const { verb, item } = change;
  if (item.kind === 'bridgePort') return verb === 'delete' ? [] : portRequests(item.value, links);
  const request = requestFor(change, links);
  if (!request) return [];
  // The kernel changes no scope of an address that is there (inet_rtm_newaddr, net/ipv4/devinet.c).
  const anew = item.kind === 'address' && verb === 'replace';
  const removal = anew ? requestFor({ verb: 'delete', item }, links) : undefined;
  return removal ? [removal, request] : [request];
}

function requestFor(
  change: Change,
  links: ReadonlyMap<string, KnownLink>,
): NetlinkRequest | undefined {
  const { verb, item } = change;
  const drop = verb === 'delete';
  switch (item.kind) {
    case 'route':
      return routeRequest(verb, item.value, links) ?? withoutLink(change);
    case 'rule': {
      const { family, priority, from, to, table } = item.value;
      const narrowed = { ...(from && { src: from }), ...(to && { dst: to }) };
      const spec = { family, priority, ...narrowed, table, protocol: poplinProtocol };
      return drop ? ruleDel(spec) : ruleAdd(spec);
    }
    case 'fdb': {
      const { link, mac, dst } = item.value;
      const ifindex = links.get(link)?.ifindex;
      if (ifindex === undefined) return withoutLink(change);
      // Whatever the entry leads to: there is one for a MAC.
      return drop ? fdbDel({ ifindex, mac }) : fdbReplace({ ifindex, mac, dst });
    }
    case 'neighbour': {
      const { link, ip, mac } = item.value;
      const ifindex = links.get(link)?.ifindex;
      if (ifindex === undefined) return withoutLink(change);
      const spec = { ifindex, ip, mac, state: 'permanent', protocol: poplinProtocol } as const;
      return drop ? neighbourDel(spec) : neighbourReplace(spec);
    }
    case 'address': {
      const { link, ip, length, scope } = item.value;
      const ifindex = links.get(link)?.ifindex;
      if (ifindex === undefined) return withoutLink(change);
      const spec = { ifindex, ip, length, scope, noDad: true, protocol: poplinProtocol };
      return drop ? addressDel(spec) : addressReplace(spec);
    }
    case 'loopbackRoute': {
      const ifindex = links.get(item.value.link)?.ifindex;
      if (ifindex === undefined) return withoutLink(change);
      return linkSet({ ifindex }, { ipv4Config: { routeLocalnet: !drop } });
    }
    case 'link': {
      const { kind, name } = item.value;
      // A TUN device goes with its process.
      return drop && kind !== 'tun' && links.has(name) ? linkDel({ name }) : undefined;
    }
    default:
      return undefined;
  }
}

/** What hung on a link went with it, so there is nothing to delete; nothing can be made either. */
function withoutLink({ verb, item }: Change): undefined {
  if (verb === 'delete') return undefined;
  throw lacksLink(item, linksNeededBy(item).join(' and '));
}

/** Why an item that needs a link has to wait. @param name - that of the link. */
export function lacksLink(item: Item, name: string): ReconcilerError {
  const message = `${keyOf(item)} needs link ${name}, which is not there`;
  return new ReconcilerError('LINK_MISSING', message, { retryable: true });
}
