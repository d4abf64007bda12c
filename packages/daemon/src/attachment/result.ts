import {
  type AttachmentRequest,
  type AttachmentResult,
  type Dns,
  resultText,
} from '../cni/index.js';
import { gatewayMac, podAddresses } from './plan.js';
import { podRoutes } from './pod-routes.js';
import type { AttachmentRecord } from './record.js';

/** What an ADD answers with: the CNI result, JSON. */
export function answerOf(
  record: AttachmentRecord,
  { options, previous, cniVersion }: AttachmentRequest,
): string {
  return resultText(previous, resultOf(record, options.dns), cniVersion);
}

/** What an ADD made, for its result: the host's interfaces first, the pod's last. */
export function resultOf(record: AttachmentRecord, dns: Dns | undefined): AttachmentResult {
  const { mtu } = record;
  const bridged = record.mode === 'bridge';
  const interfaces = [
    ...(bridged ? [{ name: record.bridge, mac: gatewayMac, mtu }] : []),
    { name: record.hostLink, ...(bridged ? {} : { mac: gatewayMac }), mtu },
    { name: record.ifname, mac: record.mac, mtu, sandbox: record.netns.path },
  ];
  return {
    interfaces,
    ips: podAddresses(record).map((address) => ({ ...address, interface: interfaces.length - 1 })),
    routes: podRoutes(record),
    ...(dns && { dns }),
  };
}
