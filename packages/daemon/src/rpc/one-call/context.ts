import type { RpcContext } from '../call.js';

/** What a handler knows about a call that came whole. */
export class OneCallContext implements RpcContext {
  readonly deadline?: Date;
  #controller: AbortController | undefined;
  #reason: unknown;

  constructor(timeoutMs: number | undefined) {
    if (timeoutMs !== undefined) this.deadline = new Date(Date.now() + timeoutMs);
  }

  /** Made when somebody asks for it: most handlers do not, and it is one of the dearer objects of Node. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  /** Makes the signal fire. */
  abort(reason: Error): void {
    this.#reason = reason;
    this.#controller?.abort(reason);
  }
}
