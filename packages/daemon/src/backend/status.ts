import type { BackendAtWork } from './at-work.js';

/** Names of the nodes that are reached by a backend, by {@link BackendAtWork.name}. */
export type Dependents = ReadonlyMap<string, readonly string[]>;

/** A backend of this node, for an operator. */
export interface BackendStatus {
  readonly type: string;
  readonly linkSuffix: string;
  /** True for the one that the cluster wants. */
  readonly preferred: boolean;
  /** Names of the nodes that keep it at work although it is not preferred. */
  readonly waitingFor: readonly string[];
  /** What it has counted since it started, by name. */
  readonly counters: Readonly<Record<string, number>>;
}

/** The backends at work as an operator sees them. @param all - the preferred one first. */
export function backendStatus(
  all: readonly BackendAtWork[],
  dependents: Dependents,
): readonly BackendStatus[] {
  return all.map(({ type, linkSuffix, name, counters }, place) => ({
    type,
    linkSuffix,
    counters,
    preferred: place === 0,
    waitingFor: place === 0 ? [] : (dependents.get(name) ?? []),
  }));
}

/** The backends that no peer is reached by; never the preferred one, which is the first. */
export function unneededOf(
  published: readonly BackendAtWork[],
  dependents: Dependents,
): readonly BackendAtWork[] {
  return published.slice(1).filter(({ name }) => (dependents.get(name) ?? []).length === 0);
}
