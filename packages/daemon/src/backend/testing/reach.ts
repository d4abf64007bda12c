import type { TestNode, TwoNodes } from './two-nodes.js';

/** One packet there and one back. Throws with what `ping` said when there is none. */
export const once = ['ping', '-n', '-c1', '-W5'] as const;

/** Pings every way that pods and nodes go, of the families that the nodes themselves have; throws at the first that fails. */
export function reachAll({ a, b }: TwoNodes): void {
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    for (const pod of [to.pod4, to.pod6]) {
      from.inPod(...once, pod);
      if (hasFamilyOf(from, pod)) from.onNode(...once, pod);
    }
    for (const node of to.addresses) from.inPod(...once, node);
  }
}

/** A node that has no address of a family has none that pods could answer to. */
function hasFamilyOf({ addresses }: TestNode, ip: string): boolean {
  return addresses.some((address) => address.includes(':') === ip.includes(':'));
}

/** Payload of ICMP echo that makes a packet of so many bytes. */
export function payload(bytes: number, ip: string): string {
  return String(bytes - (ip.includes(':') ? 48 : 28));
}

/** Packets that a link of a node has received. */
export function received({ onNode }: TestNode, link: string): number {
  const [shown] = JSON.parse(onNode('ip', '-j', '-s', 'link', 'show', link)) as [
    { readonly stats64: { readonly rx: { readonly packets: number } } },
  ];
  return shown.stats64.rx.packets;
}
