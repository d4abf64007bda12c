import { join } from 'node:path';
import { describeError, type Log } from '@poplin/net';
import { replaceFile } from '../file/atomic.js';
import { bootTimeMs } from './boot-time.js';

/** How the daemon is: `degraded` when pods that run are affected too. */
export type Pulse = 'serving' | 'degraded';

/** A sign of life on disk, for the shim when nobody answers on the socket. */
export interface Heartbeat extends Disposable {
  /** Beats now; for a change that the shim is to know at once. */
  beat(): void;
}

/** What a heartbeat needs. */
export interface HeartbeatOptions {
  /** Directory of the socket. */
  readonly directory: string;
  /** How the daemon is just now. */
  readonly pulse: () => Pulse;
  readonly log: Log;
  /** Pause between two beats, milliseconds. */
  readonly periodMs?: number;
}

/** Name of the file beside the socket. */
export const heartbeatName = 'heartbeat';

/**
 * Writes `<milliseconds since boot> serving|degraded` and a newline to the file `heartbeat`, now and every ten seconds.
 * Start it when the daemon serves: its age is how long the shim's STATUS goes on to succeed when the socket is silent.
 *
 * The file stays behind when this ends, after one last beat, so that a restart has the whole grace period. A reboot
 * clears it with its directory, a tmpfs; where it is not one, the shim sees a time that lies ahead.
 */
export function startHeartbeat(options: HeartbeatOptions): Heartbeat {
  const { directory, pulse, log, periodMs = 10_000 } = options;
  const path = join(directory, heartbeatName);
  let failing = false;
  const beat = (): void => {
    try {
      // Readable for all: a runtime without root may ask for STATUS.
      replaceFile(path, `${bootTimeMs()} ${pulse()}\n`, 'crash', 0o644);
      failing = false;
    } catch (error) {
      if (!failing) log.warn({ path, err: error }, `no heartbeat: ${describeError(error)}`);
      failing = true;
    }
  };
  beat();
  const timer = setInterval(beat, periodMs).unref();
  return {
    beat,
    [Symbol.dispose]() {
      clearInterval(timer);
      beat();
    },
  };
}
