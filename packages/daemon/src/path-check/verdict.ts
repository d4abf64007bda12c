import type { Evidence } from './examine.js';
import type { Path } from './path.js';

/** What follows from the evidence about one path. */
export type Verdict =
  | { readonly kind: 'works' }
  | { readonly kind: 'unknown'; readonly reason: string }
  | { readonly kind: 'fails'; readonly fault: Fault; readonly reason: string };

/**
 * What is wrong. `checksum`: packets get through without a checksum alone, so those that this node computes late are wrong.
 * `mtu`: short packets get through alone. `udp`, `tcp`: the other one gets through. `all`: nothing does.
 */
export type Fault = 'checksum' | 'mtu' | 'udp' | 'tcp' | 'all';

/** Judges a path. Pure. */
export function judge(path: Path, evidence: Evidence, port: number): Verdict {
  const { udp, udpFull, tcp, tcpFull, udpUnchecked } = evidence;
  const way = `node ${path.peer} by ${path.link} (${path.family}, ${path.remote})`;
  const outcomes = [udp, tcp];
  if (outcomes.includes('impossible')) {
    return unknown(`the way to ${way} cannot be checked: ${path.link} or its address is not there`);
  }
  if (outcomes.every((outcome) => outcome === 'refused')) {
    return unknown(`${way} gets packets, but answers no path check: is pathCheck off there?`);
  }
  if (udp === 'silent' && udpUnchecked === 'answered') {
    return fails(
      'checksum',
      `to ${way} packets get through without a checksum alone: those that ${path.link} leaves to the hardware are wrong`,
    );
  }
  const firewall = `is port ${port} open for this node there?`;
  const through = (outcome: string): boolean => outcome === 'answered';
  if (!through(udp) && !through(tcp)) {
    return fails(
      'all',
      `no packet gets through to ${way} and back; ${firewall} Or is pathCheck off there?`,
    );
  }
  if (!through(udp)) return fails('udp', `TCP gets through to ${way}, UDP does not; ${firewall}`);
  if (!through(tcp)) return fails('tcp', `UDP gets through to ${way}, TCP does not; ${firewall}`);
  if (through(udpFull) && through(tcpFull)) return { kind: 'works' };
  return fails(
    'mtu',
    `short packets get through to ${way}, those of ${path.mtu} bytes do not: some link between has a lesser MTU. Set the option mtu of the backend to what fits`,
  );
}

function unknown(reason: string): Verdict {
  return { kind: 'unknown', reason };
}

function fails(fault: Fault, reason: string): Verdict {
  return { kind: 'fails', fault, reason };
}
