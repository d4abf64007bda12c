import type { Socket } from 'node:net';
import { status } from '@grpc/grpc-js';
import { callerGone, deadlinePassed } from '../call.js';
import { encodeAnswer, type Outcome } from './answer.js';
import type { EncodedMethod } from './method.js';
import type { OneCall } from './request.js';

/** A call that is being answered. */
export interface RunningCall {
  /** Resolves when its connection is closed. */
  readonly closed: Promise<void>;
  /** Closes the connection, and so tells its handler that nobody waits. */
  cancel(): void;
}

/** The longest that a timer of Node's takes, ms: 24 days. */
const longestTimer = 2 ** 31 - 1;

/** How long a caller that has its answer may keep the connection, ms. */
const patience = 20_000;

/**
 * Answers the one call of a connection, then closes it. The handler's signal fires when the caller closes it first, which also is how it
 * cancels, and when its deadline passes.
 */
export function serveOneCall(socket: Socket, call: OneCall, method: EncodedMethod): RunningCall {
  const { path, stream, message, timeoutMs } = call;
  const controller = new AbortController();
  let isAnswered = false;
  const answer = (outcome: Outcome): void => {
    if (isAnswered || socket.destroyed) return;
    isAnswered = true;
    socket.end(encodeAnswer(stream, outcome));
    socket.setTimeout(patience, () => socket.destroy());
  };
  const expire = (): void => {
    const reason = deadlinePassed(path);
    controller.abort(reason);
    answer({ failure: { code: status.DEADLINE_EXCEEDED, details: reason.message } });
  };
  const timer =
    timeoutMs === undefined ? undefined : setTimeout(expire, Math.min(timeoutMs, longestTimer));
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      clearTimeout(timer);
      if (!isAnswered) controller.abort(callerGone(path));
      resolve();
    });
  });
  // An error is followed by close. What the client says besides is that it goes, or how it likes the answer.
  socket.on('error', () => {}).resume();
  const deadline = timeoutMs === undefined ? {} : { deadline: new Date(Date.now() + timeoutMs) };
  void method(message, { signal: controller.signal, ...deadline }).then((outcome) => {
    clearTimeout(timer);
    answer(outcome);
  });
  return { closed, cancel: () => void socket.destroy() };
}
