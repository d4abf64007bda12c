import type { Log } from '@poplin/net';
import { vi } from 'vitest';
import type { Change, Entry, WatchHandler } from '../registry/registry.js';

/** A watcher that keeps what it was told, and the state that follows from it. */
export interface Recorder extends WatchHandler {
  readonly snapshots: { readonly entries: readonly Entry[]; readonly revision: bigint }[];
  readonly changes: Change[];
  readonly connected: boolean[];
  /** Key and value of all that stands, as told. */
  readonly state: Map<string, string>;
  /** Waits until the told state is this. */
  settlesAt(expected: Readonly<Record<string, string>>): Promise<void>;
}

/** A watcher that records. */
export function createRecorder(): Recorder {
  const recorder: Recorder = {
    snapshots: [],
    changes: [],
    connected: [],
    state: new Map(),
    onSnapshot(entries, revision) {
      recorder.snapshots.push({ entries, revision });
      recorder.state.clear();
      for (const { key, value } of entries) recorder.state.set(key, value);
    },
    onChange(changes) {
      recorder.changes.push(...changes);
      for (const change of changes) {
        if (change.type === 'put') recorder.state.set(change.entry.key, change.entry.value);
        else recorder.state.delete(change.key);
      }
    },
    onConnected(connected) {
      recorder.connected.push(connected);
    },
    async settlesAt(expected) {
      await eventually(() => {
        const told = Object.fromEntries(recorder.state);
        if (JSON.stringify(sorted(told)) !== JSON.stringify(sorted(expected))) {
          throw new Error(`told ${JSON.stringify(told)}, not ${JSON.stringify(expected)}`);
        }
      });
    },
  };
  return recorder;
}

/** Repeats a check until it does not throw; fails with its last error after a minute. */
export async function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(async () => check(), { timeout: 60_000, interval: 20 });
}

/** A log that keeps its lines. */
export interface RecordedLog extends Log {
  readonly lines: {
    readonly level: string;
    readonly message: string;
    readonly facts: Readonly<Record<string, unknown>>;
  }[];
}

/** A log that records. */
export function createRecordedLog(): RecordedLog {
  const lines: RecordedLog['lines'] = [];
  const at =
    (level: string) =>
    (facts: Readonly<Record<string, unknown>>, message: string): void => {
      lines.push({ level, message, facts });
    };
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

function sorted(record: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}
