import type { Log } from '@poplin/net';

/** Whether etcd answers, told by everybody who calls it; logged when that changes, not per call. */
export interface Contact {
  readonly connected: boolean;
  /** The highest revision in an answer. */
  readonly revision: bigint;
  /** An answer came. */
  up(revision?: bigint): void;
  /** None came. */
  down(error: unknown): void;
}

/** Begins without contact; that is logged only after the first. */
export function createContact(endpoints: readonly string[], log: Log): Contact {
  let state: 'new' | 'up' | 'down' = 'new';
  let revision = 0n;
  return {
    get connected() {
      return state === 'up';
    },
    get revision() {
      return revision;
    },
    up(seen) {
      if (seen !== undefined && seen > revision) revision = seen;
      if (state === 'down') log.info({ endpoints }, 'etcd answers again');
      state = 'up';
    },
    down(error) {
      if (state !== 'up') return;
      state = 'down';
      log.warn(
        { endpoints, err: error },
        'etcd does not answer; pods go on with what this node has',
      );
    },
  };
}
