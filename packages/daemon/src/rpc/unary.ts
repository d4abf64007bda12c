import type { handleUnaryCall, StatusObject } from '@grpc/grpc-js';
import { isPoplinError, type Log } from '@poplin/net';
import { openCall, type RpcContext } from './call.js';
import { failureStatus } from './error-details.js';

/** Answers one request; what it throws becomes the status of the call. */
export type UnaryHandler<Request, Response> = (
  request: Request,
  context: RpcContext,
) => Promise<Response>;

/** A method of a service. */
export interface UnaryMethod<Request, Response> {
  /** Refuses a request that cannot be meant, before {@link handle} sees it. Throws a PoplinError. */
  readonly check?: (request: Request) => void;
  readonly handle: UnaryHandler<Request, Response>;
}

/**
 * Makes a grpc-js handler of an async function. A PoplinError becomes the status that fits its code, with
 * details; any other error is a defect, so it is logged with its stack and becomes INTERNAL.
 */
export function unary<Request, Response>(
  method: UnaryMethod<Request, Response>,
  log: Log,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    const { context, finished } = openCall(call);
    const respond = async (): Promise<Response> => {
      context.signal.throwIfAborted();
      return answer(method, call.request, context);
    };
    respond()
      .then(
        (response) => callback(null, response),
        (error: unknown) => callback(failureOf(error, call.getPath(), log)),
      )
      .finally(finished);
  };
}

/** Answers a request by a method. @throws what the method throws. */
export async function answer<Request, Response>(
  { check, handle }: UnaryMethod<Request, Response>,
  request: Request,
  context: RpcContext,
): Promise<Response> {
  check?.(request);
  return handle(request, context);
}

/** The status of a call that failed, which the log is told of. */
export function failureOf(error: unknown, method: string, log: Log): StatusObject {
  const facts = { method, error };
  if (isPoplinError(error)) log.debug(facts, 'call refused');
  else log.error(facts, 'call failed on a defect');
  return failureStatus(error);
}
