import { setTimeout as pause } from 'node:timers/promises';
import { NodeServiceService } from '@poplin/api';
import { Daemon } from '../daemon/connection.js';
import { CliError } from '../error.js';

/** How to wait for the daemon. */
export interface ReadyOptions {
  /** Path of its socket. */
  readonly socket: string;
  /** For how long at most, milliseconds. */
  readonly waitMs: number;
  /** Told what the wait is for, when it begins and whenever that changes. */
  readonly progress: (line: string) => void;
}

/** Longest time for one question, and pause between two, milliseconds. */
const askMs = 5_000;
const pauseMs = 250;

/**
 * Waits until the daemon says that it is ready. A network configuration that is there before makes a runtime send pods
 * that nobody can attach.
 *
 * @throws {CliError} UNREACHABLE or TIMEOUT when the time is up.
 */
export async function awaitReady(options: ReadyOptions): Promise<void> {
  const { socket, waitMs, progress } = options;
  const until = performance.now() + waitMs;
  let told: string | undefined;
  for (;;) {
    const left = Math.max(1, until - performance.now());
    const obstacle = await obstacleOf(socket, Math.min(askMs, left));
    if (!obstacle) {
      if (told !== undefined) progress('poplind is ready');
      return;
    }
    if (performance.now() + pauseMs >= until) throw notReady(options, obstacle);
    if (obstacle.message !== told) {
      progress(`waiting for poplind, up to ${Math.ceil(left / 1000)} s more: ${obstacle.message}`);
      told = obstacle.message;
    }
    await pause(pauseMs);
  }
}

/** Why the daemon cannot serve, or nothing when it can. */
async function obstacleOf(socket: string, timeoutMs: number): Promise<CliError | undefined> {
  // A new connection each time: one that failed waits longer and longer before it tries again.
  using daemon = new Daemon({ socket, timeoutMs });
  try {
    const { ready, problems } = await daemon.call(
      NodeServiceService.getStatus,
      {},
      'ask whether the daemon is ready',
    );
    if (ready) return undefined;
    const why = problems.length > 0 ? `: ${problems.join('; ')}` : '';
    return new CliError('TIMEOUT', `poplind on ${socket} says that it is not ready${why}`, {
      remedy: 'poplinctl status shows how it is, and its log why: journalctl -u poplind',
    });
  } catch (error) {
    if (error instanceof CliError) return error;
    throw error;
  }
}

function notReady({ waitMs }: ReadyOptions, obstacle: CliError): CliError {
  const message = `the network configuration is not written, as poplind was not ready within ${waitMs / 1000} s: ${obstacle.message}`;
  const remedy = `${obstacle.remedy ?? 'See its log: journalctl -u poplind'}. Without it: --no-wait; longer: --wait 5m`;
  return new CliError(obstacle.code, message, {
    cause: obstacle,
    reason: obstacle.reason,
    remedy,
  });
}
