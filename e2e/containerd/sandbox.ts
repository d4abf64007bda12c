import { randomUUID } from 'node:crypto';
import { type ExecuteOptions, execute, type Finished, type Host, must } from '../lab/index.js';
import type { Cri } from './cri.js';
import type { DnsConfig, PodSandboxConfig, PodSandboxState, PortMapping } from './messages.js';

/** A pod to run. */
export interface SandboxRequest {
  readonly name: string;
  /** Which network configuration it gets; the installed one by default. */
  readonly handler?: string;
  readonly ports?: readonly PortMapping[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly dns?: DnsConfig;
  /** True for a pod in the network of its host. */
  readonly hostNetwork?: boolean;
  /** How often it was tried before; 0 by default. */
  readonly attempt?: number;
}

type SandboxFacts = Pick<Sandbox, 'id' | 'name' | 'host' | 'ips' | 'netns' | 'pid'>;

/** A pod sandbox that containerd runs. */
export class Sandbox implements AsyncDisposable {
  readonly id: string;
  readonly name: string;
  readonly host: Host;
  /** Its addresses as CRI reports them, the primary one first; none in the host's network. */
  readonly ips: readonly string[];
  /** Path of its network namespace; empty in the host's network. */
  readonly netns: string;
  /** Process id of its one program. */
  readonly pid: number;
  readonly #cri: Cri;

  private constructor(facts: SandboxFacts, cri: Cri) {
    this.id = facts.id;
    this.name = facts.name;
    this.host = facts.host;
    this.ips = facts.ips;
    this.netns = facts.netns;
    this.pid = facts.pid;
    this.#cri = cri;
  }

  /** Runs it and asks the runtime what came of it. */
  static async run(host: Host, cri: Cri, request: SandboxRequest): Promise<Sandbox> {
    const id = await cri.runPodSandbox(configOf(host, request), request.handler);
    const { status, info } = await cri.podSandboxStatus(id);
    const { ip = '', additionalIps = [] } = status.network ?? {};
    const ips = [ip, ...additionalIps.map((it) => it.ip)].filter(Boolean);
    const { pid = 0, runtimeSpec } = JSON.parse(info.info ?? '{}') as SandboxInfo;
    const netns = namespaceOf(runtimeSpec);
    return new Sandbox({ id, name: request.name, host, ips, netns, pid }, cri);
  }

  /** Its primary address. */
  get ip(): string {
    return this.ips[0] ?? '';
  }

  /** The command line that runs a command in its network namespace. */
  enter(argv: readonly string[]): readonly string[] {
    return ['nsenter', `--net=${this.netns}`, '--', ...argv];
  }

  /** Runs a command inside to its end, whatever that is. */
  execute(argv: readonly string[], options?: ExecuteOptions): Promise<Finished> {
    return execute(this.enter(argv), options);
  }

  /** Runs a command inside that has to succeed; answers with what it printed. */
  must(argv: readonly string[], options?: ExecuteOptions): Promise<string> {
    return must(this.enter(argv), options);
  }

  /** Whether it runs, by what the runtime says now. */
  async state(): Promise<PodSandboxState> {
    return (await this.#cri.podSandboxStatus(this.id)).status.state;
  }

  /** Ends it and gives back its network. */
  stop(): Promise<void> {
    return this.#cri.stopPodSandbox(this.id);
  }

  /** Stops and forgets it. */
  async remove(): Promise<void> {
    await this.stop();
    await this.#cri.removePodSandbox(this.id);
  }

  /** Same as {@link remove}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.remove();
  }
}

/** A pod as the kubelet would describe it. */
function configOf(host: Host, request: SandboxRequest): PodSandboxConfig {
  const { name, ports = [], annotations = {}, dns, hostNetwork = false, attempt = 0 } = request;
  const uid = randomUUID();
  const namespaceOptions = {
    network: hostNetwork ? 'NODE' : 'POD',
    pid: 'CONTAINER',
    ipc: 'POD',
  } as const;
  return {
    metadata: { name, uid, namespace: 'lab', attempt },
    // A host name of its own would be set in the namespace of the host: the kubelet sends none.
    hostname: hostNetwork ? '' : name,
    ...(dns && { dnsConfig: dns }),
    portMappings: ports,
    labels: {
      'io.kubernetes.pod.name': name,
      'io.kubernetes.pod.namespace': 'lab',
      'io.kubernetes.pod.uid': uid,
    },
    annotations,
    // Below the lab's group, so that it is found again.
    linux: {
      cgroupParent: `/${host.labId}/${host.name}`,
      securityContext: { namespaceOptions },
    },
  };
}

/** What containerd tells of a sandbox beyond the CRI. */
interface SandboxInfo {
  readonly pid?: number;
  readonly runtimeSpec?: RuntimeSpec;
}

interface RuntimeSpec {
  readonly linux?: { readonly namespaces?: readonly { type: string; path?: string }[] };
}

/** The namespaces are in the runtime specification that containerd made; that of the host's network has no path. */
function namespaceOf(spec: RuntimeSpec | undefined): string {
  const namespaces = spec?.linux?.namespaces ?? [];
  return namespaces.find(({ type }) => type === 'network')?.path ?? '';
}
