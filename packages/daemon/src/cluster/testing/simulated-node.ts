import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { type Backend, kernelState } from '@poplin/backend';
import { blockKey, formatBlockRecord, type Registry } from '@poplin/ipam';
import { type Cidr, parseCidr, parseIp, silentLog } from '@poplin/net';
import { openBackendFile } from '../../backend/file.js';
import type { BackendConfig } from '../../backend/load.js';
import { BackendSet } from '../../backend/set.js';
import { configureFake, type FakeLife, fakeBackend } from '../../backend/testing/fake-backend.js';
import { clusterConfigSchema } from '../../config/index.js';
import { owners } from '../../kernel-owners.js';
import { NodePublication } from '../../node/publication.js';
import { ClusterNetwork } from '../network.js';
import { SimulatedKernel } from './simulated-kernel.js';

/** One run of the second flow. */
interface Run {
  readonly backends: BackendSet;
  readonly network: ClusterNetwork;
  readonly publication: NodePublication;
}

/** A node with everything of the second flow but a kernel: real registry, book, plans, set of backends and state file. */
export class SimulatedNode {
  readonly name: string;
  readonly kernel: SimulatedKernel;
  readonly block: Cidr;
  readonly life: FakeLife = [];
  readonly #address;
  readonly #registry: Registry;
  readonly #stateDir: string;
  readonly #fakes: readonly Backend[];
  #run: Run | undefined;

  /** @param number - 1 to 250. */
  constructor(number: number, registry: Registry, folder: string, onWrite: () => void) {
    this.name = `n${number}`;
    this.block = parseCidr(`10.244.${number}.0/24`);
    this.kernel = new SimulatedKernel(onWrite);
    this.#address = parseIp(`192.168.7.${number}`);
    this.#registry = registry;
    this.#stateDir = mkdtempSync(join(folder, this.name));
    this.#fakes = ['a', 'b', 'c'].map((type) => fakeBackend(type, this.life));
  }

  get run(): Run | undefined {
    return this.#run;
  }

  /** Claims the node's block. */
  async claim(): Promise<void> {
    const { name, block } = this;
    const now = '2026-01-01T00:00:00.000Z';
    const record = { cidr: block, pool: 'p', node: name, nodeId: `id-${name}`, generation: 1 };
    const value = formatBlockRecord({ ...record, claimedAt: now, token: 't' });
    await this.#registry.commit({ when: [], do: [{ put: blockKey(block), value }] });
  }

  /** Starts the daemon, so to say; in the order of `startCluster`. */
  async start(wanted: BackendConfig): Promise<void> {
    const { name, kernel } = this;
    const id = `id-${name}`;
    const address = {
      family: 'ipv4',
      ip: this.#address,
      onLink: parseCidr('192.168.7.0/24'),
    } as const;
    const underlay = { link: 'eth0', mtu: 1500, addresses: [address] };
    const view = () => ({ underlay, pools: [parseCidr('10.244.0.0/16')] });
    const log = silentLog;
    kernel.startRun();
    const host = { nodeName: name, nodeId: id, underlay, log };
    const file = openBackendFile(this.#stateDir, log);
    const configure = configureFake(this.#fakes);
    const backends = await BackendSet.open({ host, configure, view, file }, wanted);
    const registry = this.#registry;
    const facts = { name, id, addresses: [this.#address], mtu: 1500, backends: [], version: '1' };
    const publication = new NodePublication(registry, facts, log);
    const self = { name, id, addresses: () => [this.#address] };
    const config = () => clusterConfigSchema.parse({});
    const parts = { registry, reconciler: kernel, self, backends, view, config, log };
    const network = new ClusterNetwork(parts);
    this.#run = { backends, network, publication };
    await backends.begin({
      stands: async () => false,
      program: async (backend) =>
        kernel.set(owners.backend(backend.name), backend.planHost(view())),
      withdraw: async (backend) => kernel.set(owners.backend(backend.name), kernelState({})),
      publish: (list) =>
        publication.change({
          backends: list.map(({ type, published: data, configured: { shared } }) => ({
            type,
            data,
            shared,
          })),
          noBackend: undefined,
        }),
      stranded: (noBackend) => {
        // It waits for the registry, and ends with the node.
        publication.change({ noBackend }).catch(() => {});
      },
      changed: () => network.planSoon(),
    });
    await network.synced();
    kernel.prune();
  }

  /** Ends the daemon; the kernel stays as it is. */
  async stop(): Promise<void> {
    const run = this.#run;
    this.#run = undefined;
    run?.network[Symbol.dispose]();
    run?.publication[Symbol.dispose]();
    await run?.backends[Symbol.asyncDispose]();
  }

  /** What a link of this node carries, for example `a 1`; undefined when there is no such link. */
  carriedBy(link: string): string | undefined {
    const sysctls = this.kernel.all.flatMap((state) => state.sysctls);
    return sysctls.find(({ key }) => key === `net/${link}`)?.value;
  }

  /** All that the links of this node carry. */
  get carried(): readonly string[] {
    return this.kernel.all.flatMap(({ sysctls }) => sysctls.map(({ value }) => value)).sort();
  }

  /** What packets to another node are carried by; undefined when no route leads there. */
  carrierTo({ name, block }: SimulatedNode): string | undefined {
    const route = this.kernel.of(owners.peer(name)).routes.find(({ dst }) => dst === block);
    return route?.type === 'unicast' ? this.carriedBy(route.link) : undefined;
  }
}
