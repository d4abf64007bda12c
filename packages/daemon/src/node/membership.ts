import {
  aliveKey,
  alivePrefix,
  type Entry,
  formatAliveRecord,
  formatNodeRecord,
  type Held,
  isRegistryError,
  type NodeRecord,
  nodeKey,
  parseAliveRecord,
  parseNodeRecord,
  type Registry,
} from '@poplin/ipam';
import type { Ip } from '@poplin/net';
import { NodeError } from './error.js';

/** Seconds that a node counts as alive after its daemon fell silent. */
const aliveSeconds = 15;

/** A node about to join. */
export interface Joining {
  readonly name: string;
  readonly id: string;
  /** Id of this run of the daemon. */
  readonly instance: string;
  readonly addresses: readonly Ip[];
  readonly startedAt: string;
}

/**
 * Holds the node's sign of life, having made sure that no other live node has its name or one of its
 * addresses. Of two that start at once with one address, the one whose sign is older stays: both see both.
 *
 * @throws {NodeError} NODE_CONFLICT, naming both nodes.
 * @throws {RegistryError} when the registry fails.
 */
export async function join(registry: Registry, self: Joining): Promise<Held> {
  const held = await holdName(registry, self);
  try {
    await refuseSharedAddress(registry, self, joinedEarlier);
    return held;
  } catch (error) {
    await held.release();
    throw error;
  }
}

async function holdName(registry: Registry, self: Joining): Promise<Held> {
  const { name, id } = self;
  const key = aliveKey(name);
  const idOf = (value: string): string | undefined => {
    const parsed = parseAliveRecord(key, value);
    return parsed.ok ? parsed.record.id : undefined;
  };
  try {
    return await registry.hold(key, signOfLife(self), {
      ttlSeconds: aliveSeconds,
      mine: (value) => idOf(value) === id,
    });
  } catch (cause) {
    if (!isRegistryError(cause) || cause.code !== 'HELD') throw cause;
    const other = (cause.held && idOf(cause.held)) ?? 'unknown';
    throw new NodeError(
      'NODE_CONFLICT',
      `a live node is called ${name} already: its id is ${other}, that of this one ${id}`,
      {
        cause,
        remedy: `Give this node another name (--node-name), or stop the other; its name is free ${aliveSeconds} s later`,
      },
    );
  }
}

/** The text of a node's sign of life. */
export function signOfLife({ name, id, instance, startedAt, addresses }: Joining): string {
  return formatAliveRecord({ name, id, instance, startedAt, addresses });
}

function joinedEarlier(other: Entry, own: Entry | undefined): boolean {
  return own === undefined || other.createRevision <= own.createRevision;
}

/**
 * Makes sure that no other live node has one of a node's addresses.
 *
 * @param outranks - tells whether another node's sign of life counts for more than the own one, which need not be there.
 * @throws {NodeError} NODE_CONFLICT, naming both nodes.
 * @throws {RegistryError} when the registry fails.
 */
export async function refuseSharedAddress(
  registry: Registry,
  self: Joining,
  outranks: (other: Entry, own: Entry | undefined) => boolean,
): Promise<void> {
  const { entries } = await registry.list(alivePrefix);
  const own = entries.find(({ key }) => key === aliveKey(self.name));
  for (const entry of entries) {
    const parsed = parseAliveRecord(entry.key, entry.value);
    if (!parsed.ok || parsed.record.id === self.id) continue;
    const shared = parsed.record.addresses.find((ip) => self.addresses.includes(ip));
    if (shared === undefined || !outranks(entry, own)) continue;
    throw new NodeError(
      'NODE_CONFLICT',
      `node ${self.name} would publish ${shared}, which live node ${parsed.record.name} holds`,
      {
        remedy:
          'Machines behind NAT often share the address of their first interface: ' +
          'choose the one that reaches the other nodes with --interface',
      },
    );
  }
}

/**
 * By which backends an earlier run of a node has told its peers to reach it: that stays until this run has one at work.
 *
 * @throws {RegistryError} when the registry fails.
 */
export async function backendsOfLastRun(
  registry: Registry,
  { name, id }: Pick<Joining, 'name' | 'id'>,
): Promise<NodeRecord['backends']> {
  const key = nodeKey(name);
  const entry = await registry.get(key);
  const before = entry && parseNodeRecord(key, entry.value);
  return before?.ok && before.record.id === id ? before.record.backends : [];
}

/**
 * Publishes what peers need to know of this node. The time of its first publication stays.
 *
 * @throws {RegistryError} when the registry fails.
 */
export async function publishNode(
  registry: Registry,
  record: Omit<NodeRecord, 'createdAt'>,
): Promise<void> {
  const key = nodeKey(record.name);
  for (;;) {
    const entry = await registry.get(key);
    const before = entry && parseNodeRecord(key, entry.value);
    const createdAt =
      before?.ok && before.record.id === record.id
        ? before.record.createdAt
        : new Date().toISOString();
    const value = formatNodeRecord({ ...record, createdAt });
    if (entry?.value === value) return;
    const { committed } = await registry.commit({
      when: [entry ? { key, modRevision: entry.modRevision } : { key, is: 'absent' }],
      do: [{ put: key, value }],
    });
    if (committed) return;
  }
}
