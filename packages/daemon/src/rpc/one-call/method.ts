import { status } from '@grpc/grpc-js';
import type { Log } from '@poplin/net';
import type { RpcContext } from '../call.js';
import { answer, failureOf, type UnaryMethod } from '../unary.js';
import type { Outcome } from './answer.js';

/** A method that takes its request, and gives its response, encoded. It does not throw. */
export type EncodedMethod = (request: Buffer, context: RpcContext) => Promise<Outcome>;

/** What is needed of a generated definition of a method. */
export interface Codec {
  /** `/poplin.cni.v1.CniService/Add` */
  readonly path: string;
  readonly requestDeserialize: (bytes: Buffer) => unknown;
  readonly responseSerialize: (response: unknown) => Uint8Array;
}

/** Makes a method that {@link unary} would hand to grpc-js one that takes and gives bytes. What fails, fails with the same status. */
export function encoded(
  { path, requestDeserialize, responseSerialize }: Codec,
  method: UnaryMethod<unknown, unknown>,
  log: Log,
): EncodedMethod {
  return async (bytes, context) => {
    let request: unknown;
    try {
      request = requestDeserialize(bytes);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const details = `Error deserializing request: ${reason}`;
      return { failure: { code: status.INTERNAL, details } };
    }
    try {
      return { message: responseSerialize(await answer(method, request, context)) };
    } catch (error) {
      return { failure: failureOf(error, path, log) };
    }
  };
}
