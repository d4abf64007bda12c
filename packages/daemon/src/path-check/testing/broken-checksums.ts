import { type Ip, ipToBytes } from '@poplin/net';
import type { TestNode } from '../../backend/testing/two-nodes.js';

/** Bytes from the outer UDP header of vxlan to the inner IP header: UDP 8, VXLAN 8, Ethernet 14. */
const toInner = 30;

/**
 * Makes what comes from a host look as if that host's hardware left checksums as it got them: what the kernel leaves to hardware has the sum
 * of the pseudo-header in the field of the checksum (CHECKSUM_PARTIAL, Documentation/networking/checksum-offloads.rst), and a veth hands it
 * over as it is. Packets that the kernel has summed up itself pass.
 */
export function dropUnfinishedChecksums(
  node: TestNode,
  inner: readonly { readonly from: Ip; readonly to: Ip; readonly mtu: number }[],
): void {
  const rules = inner.flatMap(({ from, to, mtu }) => {
    const header = from.includes(':') ? 40 : 20;
    const udp = [128 - header, mtu - header].map((length) => pseudoSum(from, to, 17, length));
    // A SYN with the options that Linux sends, and an ACK with timestamps.
    const tcp = [40, 32].map((length) => pseudoSum(from, to, 6, length));
    return [rule(toInner + header + 6, udp), rule(toInner + header + 16, tcp)];
  });
  dropOnArrival(node, rules);
}

/** Drops what comes in outer packets of vxlan and matches one of the rules, before anything else sees it. */
export function dropOnArrival(node: TestNode, rules: readonly string[]): void {
  node.onNode('nft', 'add table netdev broken');
  node.onNode(
    'nft',
    'add chain netdev broken in { type filter hook ingress device "eth0" priority 0; }',
  );
  for (const text of rules) node.onNode('nft', `add rule netdev broken in udp dport 8472 ${text}`);
}

function rule(at: number, sums: readonly number[]): string {
  return `@th,${8 * at},16 { ${[...new Set(sums)].join(', ')} } drop`;
}

/** The sum of the pseudo-header, folded to 16 bits and not complemented (RFC 768, RFC 8200 §8.1). */
function pseudoSum(from: Ip, to: Ip, protocol: number, length: number): number {
  let sum = protocol + length;
  for (const ip of [from, to]) {
    const bytes = ipToBytes(ip);
    for (let i = 0; i < bytes.length; i += 2) sum += ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return sum;
}
