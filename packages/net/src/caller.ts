/** Somebody who waits for an answer, and may stop waiting. */
export interface Caller {
  /** Whether nobody waits any longer. */
  readonly isGone: boolean;
  /** Fires when nobody waits any longer. For who waits in turn: it may be made when it is asked for first, and is dear to make. */
  readonly signal: AbortSignal;
}
