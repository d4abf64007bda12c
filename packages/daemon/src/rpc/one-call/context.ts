import type { RpcContext } from '../call.js';

/** What a handler knows about a call that came whole. What is dear to make is made when somebody asks for it: most handlers do not. */
export class OneCallContext implements RpcContext {
  readonly #expiresAt: number;
  #controller: AbortController | undefined;
  #reason: Error | undefined;

  /** @param expiresAt - when its caller stops waiting, ms of `performance.now()`; infinite for never. */
  constructor(expiresAt: number) {
    this.#expiresAt = expiresAt;
  }

  get deadline(): Date | undefined {
    if (this.#expiresAt === Number.POSITIVE_INFINITY) return undefined;
    return new Date(Date.now() + this.#expiresAt - performance.now());
  }

  get isGone(): boolean {
    return this.#reason !== undefined;
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#reason) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  /** Makes the signal fire. */
  abort(reason: Error): void {
    this.#reason ??= reason;
    this.#controller?.abort(reason);
  }
}
