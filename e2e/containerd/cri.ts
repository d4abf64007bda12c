import { Client, credentials, type ServiceDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { checkout } from '../lab/index.js';
import type {
  PodSandbox,
  PodSandboxConfig,
  PodSandboxStatusResponse,
  RuntimeCondition,
  VersionResponse,
} from './messages.js';

const definitions = loadSync(`${checkout}/e2e/containerd/cri.proto`, {
  enums: String,
  longs: Number,
  defaults: true,
});

const service = (name: string): ServiceDefinition =>
  definitions[`runtime.v1.${name}`] as ServiceDefinition;

const runtime = service('RuntimeService');
const images = service('ImageService');

/** Milliseconds that the kubelet gives a runtime for RunPodSandbox (twice its `--runtime-request-timeout`). */
const deadlineMs = 240_000;

/** A container runtime as the kubelet sees it: CRI v1 over a socket. Failures are the runtime's own `ServiceError`. */
export class Cri implements Disposable {
  readonly #client: Client;

  /** @param socket path of the runtime's socket; a call fails while nobody listens there. */
  constructor(socket: string) {
    this.#client = new Client(`unix:${socket}`, credentials.createInsecure());
  }

  /** Which runtime this is. */
  version(): Promise<VersionResponse> {
    return this.#call(runtime, 'Version', {});
  }

  /** What the runtime says of itself, by name. */
  async conditions(): Promise<ReadonlyMap<string, RuntimeCondition>> {
    const { status } = await this.#call<{
      readonly status: { readonly conditions: readonly RuntimeCondition[] };
    }>(runtime, 'Status', {});
    return new Map(status.conditions.map((condition) => [condition.type, condition]));
  }

  /**
   * Makes and starts a sandbox.
   *
   * @param handler the runtime's named configuration; empty for the default one
   * @returns its id
   */
  async runPodSandbox(config: PodSandboxConfig, handler = ''): Promise<string> {
    const request = { config, runtimeHandler: handler };
    const { podSandboxId } = await this.#call<{ readonly podSandboxId: string }>(
      runtime,
      'RunPodSandbox',
      request,
    );
    return podSandboxId;
  }

  /** Ends a sandbox and gives back its network; a second time nothing happens. */
  async stopPodSandbox(id: string): Promise<void> {
    await this.#call(runtime, 'StopPodSandbox', { podSandboxId: id });
  }

  /** Forgets a sandbox; one that is not known is no error. */
  async removePodSandbox(id: string): Promise<void> {
    await this.#call(runtime, 'RemovePodSandbox', { podSandboxId: id });
  }

  /** What the runtime knows of a sandbox, with facts of its own. */
  podSandboxStatus(id: string): Promise<PodSandboxStatusResponse> {
    return this.#call(runtime, 'PodSandboxStatus', { podSandboxId: id, verbose: true });
  }

  /** All sandboxes. */
  async listPodSandboxes(): Promise<readonly PodSandbox[]> {
    const answer = await this.#call<{ readonly items: readonly PodSandbox[] }>(
      runtime,
      'ListPodSandbox',
      {},
    );
    return answer.items;
  }

  /** True when the runtime has this image. */
  async hasImage(image: string): Promise<boolean> {
    const answer = await this.#call<{ readonly image: { readonly id: string } | null }>(
      images,
      'ImageStatus',
      { image: { image } },
    );
    return answer.image !== null;
  }

  /** Closes the connection. */
  [Symbol.dispose](): void {
    this.#client.close();
  }

  #call<Response>(from: ServiceDefinition, name: string, request: object): Promise<Response> {
    const method = from[name];
    if (!method) return Promise.reject(new TypeError(`cri.proto has no method ${name}`));
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest<object, Response>(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        { deadline: Date.now() + deadlineMs },
        (error, response) => {
          if (error) reject(error);
          else if (response === undefined) reject(new TypeError(`${name}: no answer, no error`));
          else resolve(response);
        },
      );
    });
  }
}
