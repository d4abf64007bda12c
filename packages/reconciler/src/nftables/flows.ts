import { cidrContains, familyOf, type Ip } from '@poplin/net';
import { type Conntrack, type ConntrackEntry, type Netlink, NetlinkError } from '@poplin/netlink';
import { loopback } from './loopback-guard.js';
import type { HostPort, PortTarget } from './port-mappings.js';

/** A host port, and where it leads now, if anywhere. */
export interface ChangedPort {
  readonly port: HostPort;
  readonly target?: PortTarget | undefined;
}

/**
 * Protocols whose flows have no end of their own: as long as a client goes on sending, its entry stays and decides where
 * packets go, whatever the rules say. A TCP connection to a pod that is gone cannot go on anyway.
 */
const endless: ReadonlySet<string> = new Set(['udp', 'sctp']);

/** Tells whether flows of a host port have to be forgotten when it leads elsewhere. */
export function hasEndlessFlows({ protocol }: HostPort): boolean {
  return endless.has(protocol);
}

/**
 * Forgets the flows to changed host ports, so that their next packets follow the rules. Same as
 * `conntrack -D -p udp --orig-dst ADDRESS --orig-port-dst PORT`, but for flows that lead where the port leads now,
 * and those through this host to the same port of others.
 *
 * @throws {NetlinkError} when connections or addresses cannot be read, or one not be deleted.
 */
export async function forgetStrayFlows(
  { conntrack, netlink }: { readonly conntrack: Conntrack; readonly netlink: Netlink },
  changed: readonly ChangedPort[],
): Promise<void> {
  if (changed.length === 0) return;
  const [family, other] = new Set(changed.map(({ port }) => port.family));
  const [entries, addresses] = await Promise.all([
    conntrack.list(family && !other ? { family } : {}),
    netlink.address.list(),
  ]);
  const isLocal = localAddresses(addresses.map(({ ip }) => ip));
  const stray = entries.filter((entry) => changed.some((port) => isStray(entry, port, isLocal)));
  await Promise.all(stray.map((entry) => forget(conntrack, entry)));
}

function isStray(
  { original, reply, protocolName, family }: ConntrackEntry,
  { port, target }: ChangedPort,
  isLocal: (ip: Ip) => boolean,
): boolean {
  const { hostIp, hostPort } = port;
  if (original.destinationPort !== hostPort || protocolName !== port.protocol) return false;
  if (family !== port.family) return false;
  if (hostIp ? original.destination !== hostIp : !isLocal(original.destination)) return false;
  return reply.source !== target?.ip || reply.sourcePort !== target.port;
}

async function forget(conntrack: Conntrack, entry: ConntrackEntry): Promise<void> {
  const { original, zone, id } = entry;
  try {
    await conntrack.del({ tuple: original, zone, id });
  } catch (error) {
    // It ended by itself meanwhile.
    if (!(error instanceof NetlinkError) || error.code !== 'ENOENT') throw error;
  }
}

/** 127.0.0.0/8 is local as a whole, though one address of it is on `lo`. */
function localAddresses(addresses: readonly Ip[]): (ip: Ip) => boolean {
  const known = new Set(addresses);
  return (ip) => known.has(ip) || (familyOf(ip) === 'ipv4' && cidrContains(loopback, ip));
}
