import type { ServerUnaryCall } from '@grpc/grpc-js';
import type { Caller } from '@poplin/net';
import { RpcError } from './error.js';

/** What a handler knows about its call besides the request. */
export interface RpcContext extends Caller {
  /** Fires when the caller goes away, its deadline passes, or the daemon gives up draining. */
  readonly signal: AbortSignal;
  /** When the caller stops waiting; absent when it waits for ever. */
  readonly deadline?: Date | undefined;
}

/** The context of a call, whose signal is alive until `finished` is called. */
export interface OpenCall {
  readonly context: RpcContext;
  finished(): void;
}

/** Why the signal of a call fires whose caller does not wait any longer. */
export function deadlinePassed(path: string): RpcError {
  return new RpcError('DEADLINE_EXCEEDED', `${path}: the caller's deadline passed`);
}

/** A caller that gives up at its deadline began to count before it was heard, ms. */
const ahead = 5;

/**
 * Why the signal of a call fires whose caller has gone.
 *
 * @param left - of the caller's time, ms.
 */
export function whyGone(path: string, left: number): RpcError {
  if (left <= ahead) return deadlinePassed(path);
  return new RpcError('CANCELLED', `${path}: the caller went away`, { retryable: true });
}

/** Makes one AbortSignal of the two ways in which a caller goes away. */
export function openCall(call: ServerUnaryCall<unknown, unknown>): OpenCall {
  const controller = new AbortController();
  const deadline = deadlineOf(call.getDeadline());
  const path = call.getPath();
  const onCancelled = (): void => {
    const left = deadline ? deadline.getTime() - Date.now() : Number.POSITIVE_INFINITY;
    controller.abort(whyGone(path, left));
  };
  call.once('cancelled', onCancelled);
  if (call.cancelled) onCancelled();
  const { signal } = controller;
  return {
    context: {
      signal,
      get isGone() {
        return signal.aborted;
      },
      deadline,
    },
    finished: () => call.off('cancelled', onCancelled),
  };
}

/** grpc-js says Infinity for a call without a deadline. */
function deadlineOf(deadline: Date | number): Date | undefined {
  if (deadline instanceof Date) return deadline;
  return Number.isFinite(deadline) ? new Date(deadline) : undefined;
}
