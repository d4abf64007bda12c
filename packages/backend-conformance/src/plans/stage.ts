import type { BackendHost, RunningBackend } from '@poplin/backend';
import type { ConformanceSubject } from '../subject.js';

/** Runs a work with the backend started on some hosts, and stops it whatever happens. */
export async function withRunning<Options, PeerData, T>(
  subject: ConformanceSubject<Options, PeerData>,
  hosts: readonly BackendHost[],
  work: (running: readonly RunningBackend<PeerData>[]) => T | Promise<T>,
): Promise<T> {
  const { backend } = subject;
  const start = subject.start ?? backend.start.bind(backend);
  const running: RunningBackend<PeerData>[] = [];
  try {
    for (const host of hosts) {
      const options = await backend.options.parseAsync(subject.options ?? {});
      running.push(await start(host, options));
    }
    return await work(running);
  } finally {
    for (const one of running) await one.stop();
  }
}

/** A value as it is after its way through the registry. */
export function throughJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value) ?? 'null') as T;
}

/** Freezes a value and all that is in it: what a pure function is given, it cannot change then. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
