import type { Ip } from '@poplin/net';
import type { Dns } from '../network-config/dns.js';
import type { PodRoute } from '../network-config/routes.js';

/** What an ADD made, in no version yet (CNI spec 1.1.0, "ADD Success"). */
export interface AttachmentResult {
  /** Host's interfaces first. */
  readonly interfaces: readonly ResultInterface[];
  readonly ips: readonly ResultIp[];
  readonly routes: readonly PodRoute[];
  /** Absent: the network says nothing about DNS. */
  readonly dns?: Dns;
}

/** An interface that was made, or that the pod hangs on. */
export interface ResultInterface {
  readonly name: string;
  /** Hardware address; a text, since other plugins' interfaces need not be Ethernet. */
  readonly mac?: string;
  /** Bytes. */
  readonly mtu?: number;
  /** Path of the namespace; absent for an interface of the host. */
  readonly sandbox?: string;
}

/** An address of an interface. */
export interface ResultIp {
  readonly ip: Ip;
  /** Prefix length, bits. */
  readonly length: number;
  readonly gateway?: Ip;
  /** Place of its interface in {@link AttachmentResult.interfaces}; absent where a plugin does not say. */
  readonly interface?: number;
}
