import type { BackendAtWork } from './at-work.js';

/** What becomes of backends outside of their set. Each settles when it is done. */
export interface BackendEffects {
  /** True when all links that a backend wants are in the kernel, so that packets may be on their way through them. */
  readonly stands: (backend: BackendAtWork) => Promise<boolean>;
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
  /** Tells peers that this node has no backend at work, and why, until something is published. What an earlier run has published stays. */
  readonly stranded: (why: string) => void;
  /** Peers are to be planned anew. */
  readonly changed: () => void;
}
