import { emptyKernelState, type KernelState, type NetworkView, type Peer } from '@poplin/backend';
import type { NodeRecord, PublishedBackend } from '@poplin/ipam';
import type { BackendAtWork } from '../backend/at-work.js';
import { backendIdentity } from '../backend/identity.js';
import { chooseBackend } from './choice.js';
import type { KnownNode } from './peer-book.js';

/** How a peer is reached. */
export interface PlannedPeer {
  /** Name of the backend at work that reaches it; absent when none does. */
  readonly by?: string;
  /** What that backend wants of the kernel. */
  readonly state: KernelState;
  /** Why it is not reached, or not whole: one sentence each. */
  readonly problems: readonly string[];
  /** The peer as each backend reads it that both have at work, by the backend's name. */
  readonly readings: ReadonlyMap<string, Peer>;
}

const notReached = { state: emptyKernelState, readings: new Map<string, Peer>() };

/**
 * Plans how one peer is reached.
 *
 * @param ours - this node's backends, the preferred one first.
 * @param before - how it was reached up to now: that stands while the backend cannot tell.
 */
export function planPeer(
  known: KnownNode,
  ours: readonly BackendAtWork[],
  view: NetworkView,
  before: PlannedPeer | undefined,
): PlannedPeer {
  if (known.conflict !== undefined) return { ...notReached, problems: [known.conflict] };
  // That this node has no backend is said once, not once for each peer.
  if (ours.length === 0) return { ...notReached, problems: [] };
  const { name, noBackend } = known.node;
  const cutOff = `node ${name} has no backend at work: ${noBackend}`;
  const { readings, problems: unread } = readPeer(known, ours);
  const problems = noBackend === undefined ? unread : [...unread, cutOff];
  // What a peer publishes and nobody can read is as good as not published.
  const readable = ours.filter(({ name }) => readings.has(name));
  const chosen = chooseBackend(
    readable.map(({ identity }) => identity),
    identitiesOf(known.node),
  );
  const backend = readable.find(({ identity }) => identity === chosen);
  const peer = backend && readings.get(backend.name);
  if (!backend || !peer) {
    const why = problems.length > 0 ? problems : [nothingInCommon(known.node, ours)];
    return { ...notReached, problems: why };
  }
  const answer = backend.planPeer(peer, view);
  if (!answer) return before ? { ...before, readings } : { ...notReached, readings, problems };
  const refusals = answer.refusals.map((why) => `node ${peer.name} is not reached: ${why}`);
  return {
    by: backend.name,
    state: answer.state,
    problems: [...problems, ...refusals],
    readings,
  };
}

/** A peer as each of the backends reads it that both have at work, by the backend's name. */
export function readPeer({ node, blocks }: KnownNode, ours: readonly BackendAtWork[]) {
  const { name, addresses, mtu } = node;
  const common = { name, addresses, ...(mtu !== undefined && { mtu }), blocks };
  const readings = new Map<string, Peer>();
  const problems: string[] = [];
  for (const backend of ours) {
    const published = node.backends.find((one) => identityOf(one) === backend.identity);
    if (!published) continue;
    const read = backend.read(common, published.data);
    if (read.ok) readings.set(backend.name, read.peer);
    else problems.push(read.problem);
  }
  return { readings, problems };
}

function identitiesOf({ backends }: Pick<NodeRecord, 'backends'>): readonly string[] {
  return backends.map(identityOf);
}

const identities = new WeakMap<PublishedBackend, string>();

/** Records stay as they are while all peers are planned anew, so this is worked out once for each. */
function identityOf(published: PublishedBackend): string {
  const known = identities.get(published);
  if (known !== undefined) return known;
  const identity = backendIdentity(published.type, published.shared);
  identities.set(published, identity);
  return identity;
}

function nothingInCommon({ name, backends }: NodeRecord, ours: readonly BackendAtWork[]): string {
  const theirs = spoken(identitiesOf({ backends }));
  const own = spoken(ours.map(({ identity }) => identity));
  return `node ${name} is not reached: it uses backend ${theirs}, this node ${own}`;
}

function spoken(identities: readonly string[]): string {
  return identities.map((identity) => identity.replace(/ \{\}$/, '')).join(' and ');
}
