import { watchDescriptor } from '../ffi/uv.js';

/** How often to look when nothing else tells, ms: the latency of the fallback. */
const FALLBACK_PERIOD_MS = 50;
/** How often to look beside a poll that should tell: a net below the net. */
const SAFETY_PERIOD_MS = 2000;

/** Calls back while a descriptor has something to read. */
export interface Wakeup {
  readonly kind: 'poll' | 'timer';
  /** Ends it; the descriptor may be closed right after. */
  close(): void;
}

/**
 * Makes a wake-up for a descriptor. A port, so that tests decide when something is there.
 *
 * @param patience - how long something may lie there unread, ms: what comes within this time is read in one go.
 */
export type WakeupFactory = (fd: number, drain: () => void, patience?: number) => Wakeup;

/**
 * Calls `drain` whenever the descriptor is readable, by `uv_poll` where that is to be had, and by a timer
 * otherwise. Keeps the process alive until it is closed.
 */
export const openWakeup: WakeupFactory = (fd, drain, patience = 0) => {
  let closed = false;
  let later: NodeJS.Timeout | undefined;
  const guarded = (): void => {
    if (!closed) drain();
  };
  const drainAndRearm = (): void => {
    later = undefined;
    try {
      guarded();
    } finally {
      if (!closed) poll?.rearm();
    }
  };
  const poll = watchDescriptor(fd, 'readable', () => {
    if (patience === 0) return drainAndRearm();
    if (closed || later) return;
    poll?.pause();
    later = setTimeout(drainAndRearm, patience);
  });
  const timer = setInterval(guarded, poll ? SAFETY_PERIOD_MS : FALLBACK_PERIOD_MS);
  if (poll) timer.unref();
  return {
    kind: poll ? 'poll' : 'timer',
    close() {
      closed = true;
      clearInterval(timer);
      clearTimeout(later);
      poll?.close();
    },
  };
};
