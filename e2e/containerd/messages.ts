/** Messages of the CRI as `@grpc/proto-loader` makes them of `cri.proto`, as far as the suites read and write them. */

/** A port of the host that leads to one of the pod. */
export interface PortMapping {
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
  readonly containerPort: number;
  /** 0: none. */
  readonly hostPort: number;
  /** The one address of the host that it is for; all without it. */
  readonly hostIp?: string;
}

/** What a pod's resolv.conf shall say. */
export interface DnsConfig {
  readonly servers: readonly string[];
  readonly searches: readonly string[];
  readonly options: readonly string[];
}

/** A pod as the kubelet describes it. */
export interface PodSandboxConfig {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly namespace: string;
    readonly attempt: number;
  };
  readonly hostname: string;
  readonly logDirectory?: string;
  readonly dnsConfig?: DnsConfig;
  readonly portMappings: readonly PortMapping[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly linux: {
    readonly cgroupParent: string;
    readonly securityContext: {
      readonly namespaceOptions: {
        readonly network: 'POD' | 'NODE';
        readonly pid: 'POD' | 'CONTAINER';
        readonly ipc: 'POD' | 'NODE';
      };
    };
  };
}

/** Whether a sandbox runs. */
export type PodSandboxState = 'SANDBOX_READY' | 'SANDBOX_NOTREADY';

/** What the runtime knows of a sandbox. */
export interface PodSandboxStatusResponse {
  readonly status: {
    readonly id: string;
    readonly state: PodSandboxState;
    readonly network: {
      /** Empty for a pod in the host's network, and for one that was stopped. */
      readonly ip: string;
      readonly additionalIps: readonly { readonly ip: string }[];
    } | null;
  };
  /** containerd: JSON under `info`. */
  readonly info: Readonly<Record<string, string>>;
}

/** A sandbox in a list. */
export interface PodSandbox {
  readonly id: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly state: PodSandboxState;
}

/** One thing that the runtime says of itself: `RuntimeReady`, `NetworkReady`. */
export interface RuntimeCondition {
  readonly type: string;
  readonly status: boolean;
  readonly reason: string;
  readonly message: string;
}

/** Which runtime this is. */
export interface VersionResponse {
  readonly runtimeName: string;
  readonly runtimeVersion: string;
  readonly runtimeApiVersion: string;
}
