import { randomInt } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { LabError } from './error.js';
import { Etcd } from './etcd.js';
import { Host } from './host.js';
import type { Namespace } from './namespace.js';
import type { Pod } from './pod.js';
import { type LabRecord, ownIdentity, writeRecord } from './record.js';
import { removeLab, sweepLabs } from './sweep.js';
import { Underlay } from './underlay.js';
import {
  type Families,
  type Family,
  familiesIn,
  planUnderlay,
  type UnderlayOptions,
  type UnderlayPlan,
} from './underlay-plan.js';

/** What lab to make. */
export interface LabOptions extends UnderlayOptions {
  /** How many hosts, 1–10. With one there is no etcd: the embedded registry serves. */
  readonly nodes: number;
  /** Backend of the cluster; host-gw by default. */
  readonly backend?: string;
  /** Options of the backend; none by default. */
  readonly backendOptions?: Readonly<Record<string, unknown>>;
  /** Attach mode of the cluster; routed by default. */
  readonly attach?: AttachMode;
  /**
   * The pools, called p0, p1, …; by default one for each family of the underlay: 10.244.0.0/16 in blocks of /26, called `default`, and
   * fd00:10:244::/56 in blocks of /122, called `default6`.
   */
  readonly pools?: readonly { readonly cidr: string; readonly blockSize: number }[];
  /** More keys of the cluster's configuration, for example `{ ipam: { coolDownSeconds: 1 } }`. */
  readonly cluster?: Readonly<Record<string, unknown>>;
  /** The Node that runs poplind and poplinctl; the one of this process by default. */
  readonly node?: string;
  /** Where its folder is made; the directory for temporary files by default. */
  readonly parentFolder?: string;
  /** False leaves the daemons to the caller; true by default. */
  readonly start?: boolean;
  /** False leaves etcd out, for hosts that are never to have a daemon; true by default. */
  readonly etcd?: boolean;
  /** Hears of each part when it is in place. */
  readonly progress?: (what: string) => void;
  /** Ends the making early; what was made by then is taken away. */
  readonly signal?: AbortSignal;
}

/** How a pod is attached to its host. */
export type AttachMode = 'routed' | 'bridge';

/** A place that packets come from and go to. */
export interface Place {
  readonly name: string;
  readonly namespace: Namespace;
}

/**
 * A small data centre in network namespaces: an underlay link, hosts with a real poplind each, a real etcd, and
 * a host that is no node. `await using` takes it away, whatever happens.
 *
 *     await using lab = await Lab.create({ nodes: 3 });
 *     const pod = await lab.host('n1').addPod('one');
 */
export class Lab implements AsyncDisposable {
  /** `pop` and five random characters; the names of all its namespaces begin with it. */
  readonly id: string;
  readonly hosts: readonly Host[];
  /** The network between the hosts. */
  readonly underlay: Underlay;
  /** A neighbour of the first host on the underlay that is no node and has no route to any pod. */
  readonly outside: Place;
  /** The registry; undefined with one host. */
  readonly etcd: Etcd | undefined;
  readonly #record: LabRecord;
  #isKept = false;

  private constructor(record: LabRecord, parts: Parts) {
    this.id = record.id;
    this.#record = record;
    this.hosts = parts.hosts;
    this.underlay = parts.underlay;
    this.outside = parts.outside;
    this.etcd = parts.etcd;
  }

  /**
   * Makes a lab and, unless told otherwise, starts its daemons and waits until they serve. Takes away first what
   * labs of dead owners have left.
   *
   * @throws LabError for options that make no sense, before anything is made
   * @throws LabError with the words of whatever failed; nothing is left behind
   */
  static async create(options: LabOptions): Promise<Lab> {
    const plan = planUnderlay(options.nodes, options);
    await sweepLabs({ kept: false });
    const id = `pop${randomText(5)}`;
    const folder = `${options.parentFolder ?? tmpdir()}/poplin-lab-${id}`;
    const record = { id, folder, owner: ownIdentity(), isKept: false };
    writeRecord(record);
    try {
      await mkdir(folder, { mode: 0o700 });
      const lab = new Lab(record, await makeParts(record, options, plan));
      if (options.start ?? true) await lab.startDaemons(options);
      return lab;
    } catch (error) {
      await removeLab(record);
      throw error;
    }
  }

  /** Starts all daemons and waits until they serve. */
  async startDaemons({
    progress,
    signal,
  }: Pick<LabOptions, 'progress' | 'signal'> = {}): Promise<void> {
    for (const host of this.hosts) await host.start();
    const wait = signal === undefined ? {} : { signal };
    await Promise.all(this.hosts.map((host) => host.waitReady(wait)));
    progress?.(`poplind on ${this.hosts.map(({ name }) => name).join(', ')}`);
  }

  /** A host by its name, for example `n1`. */
  host(name: string): Host {
    const host = this.hosts.find((one) => one.name === name);
    if (host) return host;
    throw new LabError(`this lab has no host ${name}`);
  }

  /** Makes so many pods on every host, named after it: `n1-p1`, `n1-p2`, …. */
  async addPods(perHost: number, signal?: AbortSignal): Promise<readonly Pod[]> {
    const perHostPods = await Promise.all(
      this.hosts.map(async (host) => {
        const pods: Pod[] = [];
        for (let number = 1; number <= perHost; number++) {
          signal?.throwIfAborted();
          pods.push(await host.addPod(`${host.name}-p${number}`));
        }
        return pods;
      }),
    );
    return perHostPods.flat();
  }

  /** Folder with everything the lab writes. */
  get folder(): string {
    return this.#record.folder;
  }

  /** Leaves the lab running when it is disposed of; a later run may take it away. */
  keep(): void {
    this.#isKept = true;
    writeRecord({ ...this.#record, isKept: true });
  }

  /** Stops the daemons and takes everything away; does nothing to a lab that is kept. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isKept) return;
    try {
      await Promise.all(this.hosts.map((host) => (host.isRunning ? host.stop() : undefined)));
    } finally {
      await removeLab(this.#record);
    }
  }
}

interface Parts {
  readonly hosts: readonly Host[];
  readonly underlay: Underlay;
  readonly outside: Place;
  readonly etcd: Etcd | undefined;
}

async function makeParts(
  { id, folder }: LabRecord,
  options: LabOptions,
  plan: UnderlayPlan,
): Promise<Parts> {
  const { progress, signal, node = process.execPath } = options;
  const underlay = await Underlay.create(id, plan);
  if (plan.subnets.length > 1) await underlay.dropStrangers();
  const { name } = plan.outside;
  const outside = { name, namespace: await underlay.addHost(id, plan.outside) };
  const prefixes = plan.subnets.flatMap((subnet) => subnet.prefixes);
  progress?.(`underlay ${prefixes.map(({ cidr }) => cidr).join(', ')}`);
  signal?.throwIfAborted();

  const { namespace } = underlay;
  const address = prefixes[0]?.router ?? '';
  const etcdOptions = { lab: id, namespace, address, folder: `${folder}/etcd` };
  const isShared = plan.hosts.length > 1 && (options.etcd ?? true);
  const etcd = isShared ? await Etcd.start(etcdOptions) : undefined;
  if (etcd) progress?.(`etcd at ${etcd.url}`);

  const registry = etcd?.url ?? 'embedded';
  const config = { cluster: clusterConfig(options) };
  const hosts: Host[] = [];
  for (const planned of plan.hosts) {
    signal?.throwIfAborted();
    const namespace = await underlay.addHost(id, planned);
    const { name } = planned;
    const host = { labId: id, planned, folder: `${folder}/${name}`, registry, node, config };
    hosts.push(await Host.create({ ...host, namespace }));
  }
  return { hosts, underlay, outside, etcd };
}

/** The cluster's configuration, with which the first daemon fills an empty registry. */
function clusterConfig(options: LabOptions): Readonly<Record<string, unknown>> {
  const { backend, backendOptions, attach, pools, cluster, family } = options;
  return {
    pools: pools?.map((pool, index) => ({ name: `p${index}`, ...pool })) ?? usualPools(family),
    backend: { type: backend ?? 'host-gw', ...(backendOptions && { options: backendOptions }) },
    attach: { mode: attach ?? 'routed' },
    ...cluster,
  };
}

function usualPools(families: Families = 'ipv4'): readonly object[] {
  const pools: Readonly<Record<Family, object>> = {
    ipv4: { name: 'default', cidr: '10.244.0.0/16', blockSize: 26 },
    ipv6: { name: 'default6', cidr: 'fd00:10:244::/56', blockSize: 122 },
  };
  return familiesIn(families).map((family) => pools[family]);
}

/** Lower-case letters and digits without those that look alike. */
function randomText(length: number): string {
  const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}
