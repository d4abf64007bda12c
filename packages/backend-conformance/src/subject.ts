import type { Backend, BackendHost, RunningBackend } from '@poplin/backend';

/** How two hosts of a test are joined: by one link, or by a router between two. */
export type UnderlayKind = 'same link' | 'routed';

/** A backend to be tested, and what it promises. */
export interface ConformanceSubject<Options = unknown, PeerData = unknown> {
  /** The backend: what its package exports as default. */
  readonly backend: Backend<Options, PeerData>;
  /**
   * Its built module, as an URL, for the tests on a real kernel: each host runs it in a process of its own. Without it those tests are left out.
   */
  readonly entry?: URL;
  /** The cluster's options to test with; `{}` by default. The nodes are called `n1`, `n2`, …, and have 192.168.7.1 and fd77::1, …. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Name of its package on npm, which has to fit its type. */
  readonly packageName?: string;
  /** The underlays that it works on; hosts on one link by default. */
  readonly underlays?: readonly UnderlayKind[];
  /** Who carries packets: the kernel, also while nobody runs (default), or a process. */
  readonly dataPlane?: 'kernel' | 'process';
  /** Starts it for the tests that need no kernel, where `start` of the backend would touch the host. */
  readonly start?: (host: BackendHost, options: Options) => Promise<RunningBackend<PeerData>>;
}
