import type { Ip, Mac } from '@poplin/net';
import type { AttachmentKey } from '../attachment/identity.js';
import type { BandwidthLimits } from '../cni/index.js';

/** A host port as an attachment was given it. */
export interface PortMappingView {
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  /** The one address of the node that is meant; absent: every one. */
  readonly hostIp?: Ip;
  readonly hostPort: number;
  /** Port in the pod. */
  readonly containerPort: number;
}

/** An attachment as observers see it. */
export interface AttachmentView extends AttachmentKey {
  /** `namespace/name` of the pod, where the runtime told. */
  readonly pod?: string;
  /** CNI network name. */
  readonly network: string;
  readonly addresses: readonly Ip[];
  /** MAC of the pod's end. */
  readonly mac: Mac;
  /** Name of the host's end. */
  readonly hostLink: string;
  /** MTU in bytes. */
  readonly mtu: number;
  /** Path of the pod's network namespace as the runtime gave it. */
  readonly netns: string;
  /** Its limits; absent when it has none. */
  readonly bandwidth?: BandwidthLimits;
  readonly portMappings: readonly PortMappingView[];
  /** When it was made, ISO 8601. */
  readonly createdAt: string;
}

/** The attachments of this node, for those who look at them and steer them. */
export interface AttachmentBook {
  /** All that there are now, in no order. */
  list(): readonly AttachmentView[];
  /**
   * Records the limits of an attachment and puts them in force; `undefined` takes them away.
   *
   * @returns the attachment as it is then.
   * @throws {PoplinError} ATTACHMENT_NOT_FOUND when a DEL came in between; the kernel's refusal, in the words of the reconciler.
   */
  setBandwidth(key: AttachmentKey, limits: BandwidthLimits | undefined): Promise<AttachmentView>;
}
