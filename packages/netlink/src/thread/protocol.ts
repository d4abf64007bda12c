import type { JobKind, Jobs } from './job.js';

/** A job on its way to the thread. */
export interface Order<K extends JobKind = JobKind> {
  /** Number by which the answer is known. */
  readonly id: number;
  readonly kind: K;
  readonly input: Jobs[K]['input'];
}

/** What comes back. `failure` is a bug: the refusals of the kernel are results. */
export type Answer =
  | { readonly id: number; readonly result: Jobs[JobKind]['result'] }
  | { readonly id: number; readonly failure: unknown };

/**
 * The buffers in a job's input or result that can be handed over instead of copied: those that belong to one array
 * alone. Whoever hands them over does not touch them again.
 */
export function handedOver(value: unknown): ArrayBuffer[] {
  if (Array.isArray(value)) return value.flatMap(handedOver);
  const buffers: ArrayBuffer[] = [];
  if (typeof value !== 'object' || value === null) return buffers;
  if ('datagram' in value) addWhole(buffers, value.datagram);
  if ('datagrams' in value && Array.isArray(value.datagrams)) {
    for (const datagram of value.datagrams) addWhole(buffers, datagram);
  }
  return buffers;
}

function addWhole(buffers: ArrayBuffer[], value: unknown): void {
  if (!(value instanceof Uint8Array) || !(value.buffer instanceof ArrayBuffer)) return;
  if (value.byteLength === value.buffer.byteLength) buffers.push(value.buffer);
}
