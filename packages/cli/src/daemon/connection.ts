import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { failureOf } from './failure.js';

/** One unary method of a generated service definition. */
export interface UnaryMethod<Request, Response> {
  readonly path: string;
  readonly requestSerialize: (request: Request) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => Response;
}

/** How to reach the daemon. */
export interface DaemonOptions {
  /** Path of its unix socket. */
  readonly socket: string;
  /** For one call as a whole, milliseconds. */
  readonly timeoutMs: number;
}

/** The daemon of this node, for as long as one command runs. */
export class Daemon {
  readonly #client: Client;
  readonly #options: DaemonOptions;

  constructor(options: DaemonOptions) {
    this.#options = options;
    this.#client = new Client(`unix:${options.socket}`, credentials.createInsecure(), {
      // A proxy in the environment is meant for the world, not for a socket of this host.
      'grpc.enable_http_proxy': 0,
    });
  }

  /**
   * Calls a method.
   *
   * @param purpose What the caller wants, as it follows "cannot": `list the nodes`.
   * @throws {CliError} UNREACHABLE, TIMEOUT or REFUSED.
   */
  call<Request, Response>(
    method: UnaryMethod<Request, Response>,
    request: Request,
    purpose: string,
  ): Promise<Response> {
    const deadline = Date.now() + this.#options.timeoutMs;
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        new Metadata(),
        { deadline },
        (error, response) => {
          if (error) reject(failureOf(error, purpose, this.#options));
          else if (response === undefined)
            reject(new Error(`${method.path} ended without an answer`));
          else resolve(response);
        },
      );
    });
  }

  /** Ends the connection. */
  [Symbol.dispose](): void {
    this.#client.close();
  }
}
