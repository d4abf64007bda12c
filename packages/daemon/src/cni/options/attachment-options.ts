import type { SysctlState } from '@poplin/backend';
import type { Cidr, Family, Mac } from '@poplin/net';
import type { BandwidthLimits } from '../network-config/bandwidth.js';
import type { Dns } from '../network-config/dns.js';
import type { PortMapping } from '../network-config/port-mappings.js';
import type { RequestedIp } from '../network-config/requested.js';
import type { PodRoute } from '../network-config/routes.js';

/** What the cluster says where a network's configuration says nothing. */
export interface AttachmentDefaults {
  /** MTU of new pods, bytes. */
  readonly mtu: number;
  /** `attach.hairpin` of the cluster. */
  readonly hairpin: boolean;
  /** `attach.isolation` of the cluster. */
  readonly isolation: boolean;
  /** `masquerade.enabled` of the cluster. */
  readonly masquerade: boolean;
  /** Families that a pod gets addresses of: those of the cluster's pools. */
  readonly families: readonly Family[];
}

/** How one attachment is to be: everything that was said, resolved, in plain values. */
export interface AttachmentOptions {
  /** MTU of both ends, bytes. */
  readonly mtu: number;
  /** True when the network's configuration said so, not the cluster. */
  readonly mtuAsked: boolean;
  /** A bridged pod may reach itself through its host port or a service. */
  readonly hairpin: boolean;
  /** The pod and the others of its node do not reach each other. */
  readonly isolation: boolean;
  readonly masquerade: {
    /** Packets that leave the cluster take the node's address. */
    readonly enabled: boolean;
    /** Destinations that see the pod's own address, beside the cluster's. */
    readonly except: readonly Cidr[];
  };
  /** Addresses that the pod wants, each once; empty: any. */
  readonly ips: readonly RequestedIp[];
  /** MAC of the pod's end that was asked for. */
  readonly mac?: Mac;
  /** Routes in the pod beside its default route. */
  readonly routes: readonly PodRoute[];
  /** Values for the pod's namespace, keys below /proc/sys with slashes, each once. */
  readonly sysctls: readonly SysctlState[];
  /** Host ports; no two claim the same. */
  readonly portMappings: readonly PortMapping[];
  /** Limits; a direction without one is not limited. */
  readonly bandwidth: BandwidthLimits;
  /** What goes into the result; absent: nothing was said. */
  readonly dns?: Dns;
}
