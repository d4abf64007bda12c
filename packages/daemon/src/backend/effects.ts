import type { BackendAtWork } from './at-work.js';

/** What becomes of backends outside of their set. Each settles when it is done. */
export interface BackendEffects {
  /**
   * Puts a backend's host state into the kernel, in place of that of another of its name.
   *
   * @throws when the kernel refuses.
   */
  readonly program: (backend: BackendAtWork) => Promise<void>;
  /** Takes it out again. */
  readonly withdraw: (backend: BackendAtWork) => Promise<void>;
  /** Tells peers by which backends they can reach this node, the preferred one first. */
  readonly publish: (backends: readonly BackendAtWork[]) => Promise<void>;
  /** Peers are to be planned anew. */
  readonly changed: () => void;
}
