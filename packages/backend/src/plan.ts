import type { PeerPlan, RunningBackend } from './backend.js';
import { emptyKernelState, type KernelState } from './kernel-state.js';
import type { NetworkView, Peer } from './network-view.js';

/** All that a backend wants of the kernel, and which peers it cannot reach. */
export interface Plan {
  readonly state: KernelState;
  readonly refusals: readonly Refusal[];
}

/** A peer that a backend cannot reach, or not whole. */
export interface Refusal {
  /** Name of the peer. */
  readonly peer: string;
  /** Why, and what to do: one sentence for an operator. */
  readonly reason: string;
}

/** The plans of a backend for its host and all peers, as one: to be looked at, drawn and compared. */
export function planNetwork<PeerData>(
  running: Pick<RunningBackend<PeerData>, 'planHost' | 'planPeer'>,
  peers: readonly Peer<PeerData>[],
  view: NetworkView,
): Plan {
  const plans = peers.map((peer): [Peer<PeerData>, PeerPlan] => [
    peer,
    running.planPeer(peer, view),
  ]);
  return {
    state: joinStates([running.planHost(view), ...plans.map(([, { state }]) => state)]),
    refusals: plans.flatMap(([{ name }, { refusals }]) =>
      refusals.map((reason) => ({ peer: name, reason })),
    ),
  };
}

/** Several states as one. What is listed twice stays listed twice. */
export function joinStates(states: readonly KernelState[]): KernelState {
  const kinds = Object.keys(emptyKernelState) as (keyof KernelState)[];
  return Object.fromEntries(
    kinds.map((kind) => [kind, states.flatMap<unknown>((state) => state[kind])]),
  ) as unknown as KernelState;
}
