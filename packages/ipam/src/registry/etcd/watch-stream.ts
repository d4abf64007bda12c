import type { Etcd3, IDuplexStream, IEvent, IWatchRequest, IWatchResponse } from 'etcd3';
import { classifyFailure } from './failure.js';

/** What to watch, and who is told. */
export interface WatchStreamOptions {
  readonly client: Etcd3;
  readonly key: Buffer;
  readonly rangeEnd: Buffer;
  /** First revision to tell of. */
  readonly from: bigint;
  readonly idleMs: number;
  readonly answerMs: number;
  readonly signal: AbortSignal;
  /** The stream stands. */
  onStarted(): void;
  /** Events of whole revisions, in order. */
  onEvents(events: readonly IEvent[]): void;
}

/**
 * Why a stream ended.
 *
 * - `compacted`: what it should have told is gone from etcd's history.
 * - `rewound`: etcd is at an older revision than the watcher: another or a restored data set.
 * - `denied`: not allowed.
 * - `broken`: connection, member or leader lost.
 * - `stopped`: by the signal.
 */
export interface WatchStreamEnd {
  readonly reason: 'compacted' | 'rewound' | 'denied' | 'broken' | 'stopped';
  readonly error: Error;
}

type Stream = IDuplexStream<IWatchRequest, IWatchResponse>;

/**
 * Follows one range on one raw stream of etcd until the stream ends.
 *
 * etcd3's own Watcher is not used: it drops `compact_revision`, can die in silence, and one refused watch
 * blocks all later ones.
 */
export async function followStream(options: WatchStreamOptions): Promise<WatchStreamEnd> {
  let stream: Stream;
  try {
    stream = await options.client.watchClient.watch();
  } catch (error) {
    return endOf(error);
  }
  return new Promise((resolve) => {
    const close = (end: WatchStreamEnd): void => {
      watchdog.stop();
      options.signal.removeEventListener('abort', onAbort);
      // First `end`, then `cancel`: etcd3 takes an error of a writable stream for a failure of its member.
      stream.end();
      stream.cancel();
      resolve(end);
    };
    const onAbort = (): void => close({ reason: 'stopped', error: new Error('stopped') });
    const watchdog = startWatchdog(options, {
      ask: () => stream.write({ progress_request: {} }),
      giveUp: () => close(broken(`no answer in ${options.answerMs} ms`)),
    });
    const assembler = assembleFragments(options);
    stream.on('error', (error) => close(endOf(error)));
    stream.on('end', () => close(broken('etcd ended the stream')));
    stream.on('data', (answer) => {
      watchdog.heard();
      const end = assembler(answer);
      if (end) close(end);
    });
    options.signal.addEventListener('abort', onAbort, { once: true });
    if (options.signal.aborted) onAbort();
    else stream.write(createRequest(options));
  });
}

function createRequest({ key, rangeEnd, from }: WatchStreamOptions): IWatchRequest {
  const range = { key, range_end: rangeEnd, start_revision: String(from) };
  return { create_request: { ...range, progress_notify: true, fragment: true } };
}

/**
 * Handles answers; returns an end where an answer is one. Only events move the watch forward: a progress
 * answer of etcd before 3.4.25 and 3.5.8 may overtake events (etcd issue 15220), so it only proves life.
 */
function assembleFragments(
  options: WatchStreamOptions,
): (answer: IWatchResponse) => WatchStreamEnd | undefined {
  let pending: IEvent[] = [];
  return (answer) => {
    if (answer.canceled) return cancelled(answer);
    if (answer.created) {
      if (BigInt(answer.header.revision) + 1n < options.from) {
        const message = `etcd went back to revision ${answer.header.revision}`;
        return { reason: 'rewound', error: new Error(message) };
      }
      options.onStarted();
    }
    pending.push(...answer.events);
    if (!answer.fragment && pending.length > 0) {
      const events = pending;
      pending = [];
      options.onEvents(events);
    }
    return undefined;
  };
}

function cancelled({ compact_revision, cancel_reason }: IWatchResponse): WatchStreamEnd {
  const error = new Error(cancel_reason || 'etcd cancelled the watch');
  // The reason is empty on compaction; the revision tells.
  if (BigInt(compact_revision) > 0n) return { reason: 'compacted', error };
  return { reason: cancel_reason.includes('permission denied') ? 'denied' : 'broken', error };
}

interface Watchdog {
  heard(): void;
  stop(): void;
}

/** Asks for progress when nothing was heard for long, gives up when that is not answered either. */
function startWatchdog(
  { idleMs, answerMs }: WatchStreamOptions,
  actions: { ask(): void; giveUp(): void },
): Watchdog {
  const awaitAnswer = (): NodeJS.Timeout => setTimeout(actions.giveUp, answerMs);
  // The first answer is that the watch was created.
  let timer = awaitAnswer();
  return {
    heard() {
      clearTimeout(timer);
      timer = setTimeout(() => {
        actions.ask();
        timer = awaitAnswer();
      }, idleMs);
    },
    stop: () => clearTimeout(timer),
  };
}

function endOf(error: unknown): WatchStreamEnd {
  const reason = classifyFailure(error).kind === 'denied' ? 'denied' : 'broken';
  return { reason, error: error instanceof Error ? error : new Error(String(error)) };
}

function broken(message: string): WatchStreamEnd {
  return { reason: 'broken', error: new Error(message) };
}
