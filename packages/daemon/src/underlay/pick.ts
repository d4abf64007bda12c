import { type Cidr, cidrContains } from '@poplin/net';
import type { Link } from '@poplin/netlink';
import { nearest } from '../config/nearest.js';
import type { InterfaceChoice } from './choice.js';
import { UnderlayError } from './error.js';
import {
  describeCandidates,
  type HostNetwork,
  isCandidate,
  type NetworkReader,
  type PickedLink,
  reachableAddresses,
} from './host-network.js';
import { routeTo } from './route-to.js';

const remedy = 'Name another by --interface NAME, CIDR or can-reach=IP';

/** The link that the operator asked for. @throws {UnderlayError} when there is none, or more than one. */
export async function pickAsked(
  reader: NetworkReader,
  network: HostNetwork,
  choice: Exclude<InterfaceChoice, { by: 'default' }>,
): Promise<PickedLink> {
  switch (choice.by) {
    case 'name':
      return pickNamed(network, choice.name);
    case 'cidr':
      return byCidr(network, choice.cidr);
    case 'can-reach': {
      const pick = await routeTo(reader, network, choice.ip);
      if (pick !== undefined) return pick;
      throw notFound(network, `no interface of this host leads to ${choice.ip}`);
    }
  }
}

/** The link of a name. @throws {UnderlayError} INTERFACE_NOT_FOUND. */
export function pickNamed(network: HostNetwork, name: string): PickedLink {
  return { link: byName(network, name) };
}

function byName(network: HostNetwork, name: string): Link {
  const link = network.links.find((one) => one.name === name);
  if (link !== undefined && isCandidate(link)) return link;
  if (link !== undefined) throw notFound(network, `interface "${name}" leads to no other node`);
  const guess = nearest(
    name,
    network.links.filter(isCandidate).map((one) => one.name),
  );
  const hint = guess === undefined ? '' : `; did you mean ${guess}?`;
  throw notFound(network, `there is no interface "${name}"${hint}`);
}

function byCidr(network: HostNetwork, cidr: Cidr): PickedLink {
  const found = network.links.filter(isCandidate).flatMap((link) => {
    const address = reachableAddresses(network, link).find(({ ip }) => cidrContains(cidr, ip));
    return address === undefined ? [] : [{ link, preferred: address.ip }];
  });
  const [first, second] = found;
  if (first === undefined) throw notFound(network, `no interface has an address in ${cidr}`);
  if (second === undefined) return first;
  const names = found.map(({ link, preferred }) => `${link.name} (${preferred})`).join(' and ');
  throw new UnderlayError(
    'INTERFACE_AMBIGUOUS',
    `interfaces ${names} both have an address in ${cidr}`,
    { remedy: 'Name one by --interface NAME, or give a longer prefix' },
  );
}

function notFound(network: HostNetwork, what: string): UnderlayError {
  const message = `${what}. ${describeCandidates(network)}`;
  return new UnderlayError('INTERFACE_NOT_FOUND', message, { remedy });
}
