import { type Cidr, cidrContains, cidrOf, describeError, type Ip } from '@poplin/net';
import { describePool, type Pool } from '../pool/pool.js';
import { IpamError } from './error.js';
import type { Assignment } from './ipam.js';
import type { Wanted } from './requested.js';

const askForAnother = 'Ask for another address, or for none';

/** The error for two addresses of one family. */
export function twoOfOneFamily(a: Ip, b: Ip): IpamError {
  const message = `addresses ${a} and ${b} are of one family; an interface has one address per family`;
  return new IpamError('ADDRESS_PER_FAMILY', message, { remedy: 'Ask for one of them' });
}

/** The error for an address that no pool has. */
export function outsidePools(ip: Ip, pools: readonly Pool[]): IpamError {
  const message = `address ${ip} is in no pool; there is ${pools.map(describePool).join(', ')}`;
  return new IpamError('ADDRESS_OUTSIDE_POOLS', message, {
    remedy: 'Ask for an address of a pool, or add a pool: poplinctl config apply -f FILE',
  });
}

/** The error for the first and the last address of a block where a bridge needs them. */
export function reserved(ip: Ip, block: Cidr): IpamError {
  const message = `address ${ip} is the first or the last of block ${block}, which no pod has on a bridge`;
  return new IpamError('ADDRESS_RESERVED', message, { remedy: askForAnother });
}

/**
 * The error for an address whose block another node has.
 *
 * @param block - the block that would have to be claimed.
 * @param taken - the block that is in the way; the same, or one of another size.
 * @param owner - node that has it; `undefined` when its record cannot be read.
 */
export function elsewhere(ip: Ip, block: Cidr, taken: Cidr, owner: string | undefined): IpamError {
  const whose = owner === undefined ? 'whose record cannot be read' : `of node ${owner}`;
  const message = cidrContains(taken, ip)
    ? `address ${ip} is in block ${taken} ${whose}`
    : `address ${ip} needs block ${block}, which overlaps block ${taken} ${whose}`;
  return new IpamError('ADDRESS_ELSEWHERE', message, {
    remedy: owner === undefined ? askForAnother : `${askForAnother}, or run the pod on ${owner}`,
  });
}

/** The error for an address whose block cannot be claimed while the registry does not answer. */
export function unclaimable({ ip, pool }: Wanted, cause: unknown): IpamError {
  const block = cidrOf(ip, pool.blockSize);
  const message = `address ${ip} needs block ${block}, which cannot be claimed: ${describeError(cause)}`;
  return new IpamError('CLAIM_FAILED', message, { cause, retryable: true });
}

/** The error for an address that somebody has. */
export function inUseBy(ip: Ip, { pod, containerId, ifname }: Assignment): IpamError {
  const holder = `container ${containerId}, interface ${ifname}`;
  const who = pod === undefined ? holder : `pod ${pod} (${holder})`;
  return new IpamError('ADDRESS_IN_USE', `address ${ip} is in use by ${who}`, {
    remedy: `${askForAnother}, or delete that pod first`,
  });
}

/** The error for an address that another container had a moment ago. */
export function cooling(ip: Ip, freeInMs: number): IpamError {
  const seconds = Math.ceil(freeInMs / 1000);
  const message = `address ${ip} was released by another container and is free in ${seconds} s`;
  return new IpamError('ADDRESS_COOLING', message, {
    retryable: true,
    remedy: 'Wait, or set a shorter ipam.coolDownSeconds: poplinctl config apply -f FILE',
  });
}
