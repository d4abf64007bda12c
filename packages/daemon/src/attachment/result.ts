import {
  type AttachmentRequest,
  type AttachmentResult,
  type Dns,
  type ResultInterface,
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
  const { mtu, mac, mode, bridge, hostLink, ifname, netns } = record;
  const interfaces: readonly ResultInterface[] =
    mode === 'bridge'
      ? [
          { name: bridge, mac: gatewayMac, mtu },
          { name: hostLink, mtu },
        ]
      : [{ name: hostLink, mac: gatewayMac, mtu }];
  return {
    interfaces: [...interfaces, { name: ifname, mac, mtu, sandbox: netns.path }],
    ips: podAddresses(record).map(({ ip, length, gateway }) => {
      return { ip, length, gateway, interface: interfaces.length };
    }),
    routes: podRoutes(record),
    ...(dns && { dns }),
  };
}
