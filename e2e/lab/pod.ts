import { artifacts } from './artifacts.js';
import {
  addressesOf,
  addressOf,
  type Container,
  callPlugin,
  describeAnswer,
  makeContainer,
  type PluginCall,
} from './cni.js';
import { LabError } from './error.js';
import type { Host } from './host.js';
import { Namespace } from './namespace.js';

/** A pod: a namespace that the real shim has attached to the network of a host. */
export class Pod implements AsyncDisposable {
  readonly name: string;
  readonly host: Host;
  readonly namespace: Namespace;
  readonly container: Container;
  /** The first of its addresses. */
  readonly ip: string;
  /** All of its addresses, at most one of each family. */
  readonly ips: readonly string[];
  /** Milliseconds that ADD took, from the start of the shim to its exit. */
  readonly addMs: number;
  /** What ADD printed. */
  readonly result: string;
  #isRemoved = false;

  private constructor(name: string, host: Host, namespace: Namespace, added: Added) {
    this.name = name;
    this.host = host;
    this.namespace = namespace;
    this.container = added.container;
    this.ip = added.ip;
    this.ips = added.ips;
    this.addMs = added.addMs;
    this.result = added.result;
  }

  /**
   * Makes the namespace and runs ADD on it.
   *
   * @throws LabError with the plugin's answer when ADD fails; the namespace is gone by then
   */
  static async add(host: Host, name: string): Promise<Pod> {
    const namespace = await Namespace.create(`${host.labId}-${name}`);
    try {
      const call = { ...callFor(host, makeContainer(name), namespace), command: 'ADD' as const };
      const answer = await callPlugin(call);
      const ip = addressOf(call, answer);
      const { ms, stdout } = answer;
      const ips = addressesOf(answer);
      return new Pod(name, host, namespace, { ...call, ip, ips, addMs: ms, result: stdout });
    } catch (error) {
      await namespace.remove();
      throw error;
    }
  }

  /**
   * Runs DEL.
   *
   * @returns the milliseconds that it took
   * @throws LabError when DEL fails: by the specification of CNI it never should
   */
  async detach(): Promise<number> {
    const call = { ...callFor(this.host, this.container, this.namespace), command: 'DEL' as const };
    const answer = await callPlugin(call);
    if (answer.status === 0) return answer.ms;
    throw new LabError(`DEL of pod ${this.name}: ${describeAnswer(answer)}`);
  }

  /** Runs DEL, then removes the namespace. */
  async remove(): Promise<void> {
    if (this.#isRemoved) return;
    this.#isRemoved = true;
    try {
      await this.detach();
    } finally {
      await this.namespace.remove();
    }
  }

  /** Same as {@link remove}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.remove();
  }
}

interface Added {
  readonly container: Container;
  readonly ip: string;
  readonly ips: readonly string[];
  readonly addMs: number;
  readonly result: string;
}

/** A call of the shim for a container of a host. */
export function callFor(
  host: Host,
  container: Container,
  namespace: Namespace,
): Omit<PluginCall, 'command'> {
  return {
    plugin: artifacts.shim,
    host: host.namespace,
    container,
    netns: namespace.path,
    config: host.networkConfig,
  };
}
