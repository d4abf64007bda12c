import type { Peer } from '@poplin/backend';
import { type Family, families, parseCidr } from '@poplin/net';
import type { ConformanceSubject, UnderlayKind } from '../subject.js';
import { HostProcess } from './host-process.js';
import { Namespaces } from './namespace.js';
import { observed } from './observe.js';
import { makePod, type TestPod } from './pod.js';
import type { Applied, Started } from './protocol.js';
import { makeUnderlay, type UnderlayHost } from './underlay.js';

/** A host with the backend at work. */
export interface StageHost extends UnderlayHost {
  process: HostProcess;
  readonly started: Started;
}

/** Two hosts with a pod each. */
export class KernelStage implements AsyncDisposable {
  readonly #namespaces: Namespaces;
  readonly #entry: URL;
  readonly #options: unknown;
  readonly hosts: readonly [StageHost, StageHost];
  readonly pods: readonly [TestPod, TestPod];
  /** What the first host had before it knew of the other. */
  alone: readonly string[] = [];

  private constructor(
    namespaces: Namespaces,
    how: { readonly entry: URL; readonly options: unknown },
    hosts: KernelStage['hosts'],
    pods: KernelStage['pods'],
  ) {
    this.#namespaces = namespaces;
    this.#entry = how.entry;
    this.#options = how.options;
    this.hosts = hosts;
    this.pods = pods;
  }

  /** Makes namespaces, wires them, and starts the backend on both hosts. Leaves nothing behind when that fails. */
  static async make(
    { options = {} }: ConformanceSubject,
    entry: URL,
    kind: UnderlayKind,
  ): Promise<KernelStage> {
    const namespaces = new Namespaces();
    const begun: StageHost[] = [];
    try {
      const places = await makeUnderlay(namespaces, kind);
      for (const place of places) {
        const [process, started] = await HostProcess.start(place, entry, options);
        begun.push({ ...place, process, started });
      }
      const [one, two] = begun;
      if (!one || !two) throw new Error('two hosts were to be started');
      const mtu = Math.max(...families.map((family) => mtuOf(one, family)));
      const pods = [
        await makePod(namespaces, one, mtu),
        await makePod(namespaces, two, mtu),
      ] as const;
      return new KernelStage(namespaces, { entry, options }, [one, two], pods);
    } catch (error) {
      for (const { process } of begun) await process[Symbol.asyncDispose]();
      await namespaces[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Bytes that fit between pods: the underlay's MTU less the overhead. */
  mtu(family: Family): number {
    return mtuOf(this.hosts[0], family);
  }

  /** Notes what the first host has without peers. */
  async rememberAlone(): Promise<void> {
    this.alone = await observed(this.hosts[0].namespace);
  }

  /** Lets both hosts know of each other. */
  async meet(): Promise<readonly Applied[]> {
    const [one, two] = this.hosts;
    return [await one.process.apply([peerOn(two)]), await two.process.apply([peerOn(one)])];
  }

  /** Starts the first host's process again, and lets it know of the other. */
  async restart(): Promise<void> {
    const [one, two] = this.hosts;
    [one.process] = await HostProcess.start(one, this.#entry, this.#options);
    await one.process.apply([peerOn(two)]);
  }

  /** Lets the first host know that the other has gone. @returns what it has then. */
  async part(): Promise<readonly string[]> {
    const [one] = this.hosts;
    await one.process.apply([]);
    return observed(one.namespace);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { process } of this.hosts) await process[Symbol.asyncDispose]();
    await this.#namespaces[Symbol.asyncDispose]();
  }
}

function mtuOf({ underlay, started }: StageHost, family: Family): number {
  return underlay.mtu - started.overhead[family];
}

function peerOn({ number, underlay, started }: StageHost): Peer {
  return {
    name: `n${number}`,
    addresses: underlay.addresses.map(({ ip }) => ip),
    mtu: underlay.mtu,
    blocks: [parseCidr(`10.244.${number}.0/26`), parseCidr(`fd00:10:244:${number}::/122`)],
    data: started.published,
  };
}
