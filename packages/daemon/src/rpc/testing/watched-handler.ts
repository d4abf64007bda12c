import { once } from 'node:events';
import type { AddRequest, AddResponse } from '@poplin/api';
import type { RpcContext } from '../call.js';

/** A handler that waits for its signal, and what it saw. */
export function watchedHandler() {
  let onStart: (context: RpcContext) => void = () => {};
  let onAbort: (reason: unknown) => void = () => {};
  const started = new Promise<RpcContext>((resolve) => {
    onStart = resolve;
  });
  const reason = new Promise<unknown>((resolve) => {
    onAbort = resolve;
  });
  const handler = async (_request: AddRequest, context: RpcContext): Promise<AddResponse> => {
    onStart(context);
    await once(context.signal, 'abort');
    onAbort(context.signal.reason);
    throw context.signal.reason;
  };
  return { started, aborted: { handler, reason } };
}
