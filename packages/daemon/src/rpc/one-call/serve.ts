import { status } from '@grpc/grpc-js';
import type { UnixConnection } from '@poplin/netlink';
import { deadlinePassed, whyGone } from '../call.js';
import { encodeAnswer, type Outcome } from './answer.js';
import { OneCallContext } from './context.js';
import type { Deadlines, Waiter } from './deadlines.js';
import type { EncodedMethod } from './method.js';
import type { OneCall } from './request.js';

/**
 * The one call of a connection, which is answered, and then closed. The handler's signal fires when the caller closes it first, which also is
 * how it cancels, and when its deadline passes.
 */
export class RunningCall implements Waiter {
  readonly expiresAt: number;
  readonly #connection: UnixConnection;
  readonly #call: OneCall;
  readonly #context: OneCallContext;
  readonly #deadlines: Deadlines;
  #isAnswered = false;

  constructor(connection: UnixConnection, call: OneCall, deadlines: Deadlines) {
    const { timeoutMs } = call;
    this.#connection = connection;
    this.#call = call;
    this.#deadlines = deadlines;
    this.expiresAt = performance.now() + (timeoutMs ?? Number.POSITIVE_INFINITY);
    this.#context = new OneCallContext(this.expiresAt);
    if (timeoutMs !== undefined) deadlines.add(this);
  }

  /** Whether its caller has been told how it ended. */
  get isAnswered(): boolean {
    return this.#isAnswered;
  }

  /** Calls the method. */
  begin(method: EncodedMethod): void {
    void method(this.#call.message, this.#context).then((outcome) => this.#answer(outcome));
  }

  /** Closes the connection, and so tells the handler that nobody waits. */
  cancel(): void {
    this.#connection.destroy();
  }

  /** The connection is closed. */
  closed(): void {
    this.#deadlines.delete(this);
    if (this.#isAnswered) return;
    this.#isAnswered = true;
    this.#context.abort(whyGone(this.#call.path, this.expiresAt - performance.now()));
  }

  /** The deadline has passed. */
  expire(): void {
    const reason = deadlinePassed(this.#call.path);
    this.#context.abort(reason);
    this.#answer({ failure: { code: status.DEADLINE_EXCEEDED, details: reason.message } });
  }

  #answer(outcome: Outcome): void {
    if (this.#isAnswered) return;
    this.#isAnswered = true;
    this.#deadlines.delete(this);
    this.#connection.end(encodeAnswer(this.#call.stream, outcome));
  }
}
