import type { BackendHost, NetworkView, Peer } from '@poplin/backend';
import type { Family } from '@poplin/net';

/** What a test tells the process of a host. */
export type Command =
  /** Loads the backend and starts it; answered by {@link Started}. */
  | {
      readonly does: 'start';
      readonly entry: string;
      readonly host: Omit<BackendHost, 'log'>;
      readonly options: unknown;
    }
  /** Plans for these peers and lets the reconciler apply that; answered by {@link Applied}. */
  | { readonly does: 'apply'; readonly peers: readonly Peer[]; readonly view: NetworkView }
  /** Looks at the kernel and mends it; answered with what had to be changed. */
  | { readonly does: 'look' }
  /** Ends as the daemon ends; answered when that is done. */
  | { readonly does: 'stop' };

/** What a backend has said at its start. */
export interface Started {
  readonly published: unknown;
  readonly overhead: Readonly<Record<Family, number>>;
}

/** What came of plans. */
export interface Applied {
  readonly refusals: readonly string[];
  /** What a backend may not ask for. */
  readonly forbidden: readonly string[];
}

/** What the reconciler found. */
export interface Looked {
  readonly changed: readonly string[];
  readonly failed: readonly string[];
  readonly waiting: readonly string[];
}

/** The answer to a command. */
export type Answer = { readonly value: unknown } | { readonly error: string };
