import type { Path } from './path.js';
import { probeTcp } from './tcp-probe.js';
import { type Outcome, type ProbeOptions, probeUdp } from './udp-probe.js';

/** What became of each question of one check. */
export interface Evidence {
  readonly udp: Outcome;
  /** With packets of exactly the MTU. */
  readonly udpFull: Outcome;
  readonly tcp: Outcome;
  /** Segments of full length, both ways. */
  readonly tcpFull: Outcome;
  /** Without a checksum; asked only when those with one are not answered. */
  readonly udpUnchecked?: Outcome;
}

/** Length of a short question, bytes of the packet: that of a small request. */
const short = 128;

/** Questions that are asked before one counts as not answered: one packet may be lost. */
const attempts = 3;

/** Asks a peer all questions. When the shorter gets no answer, the longer is not asked. Rejects only when the signal fires. */
export async function examine(path: Path, options: ProbeOptions): Promise<Evidence> {
  const ask = (length: number, checksum = true) =>
    repeated(() => probeUdp(path, length, options, checksum));
  const udp = await ask(short);
  const tcp = await probeTcp(path, short, options);
  const udpFull = udp === 'answered' ? await ask(path.mtu) : udp;
  const tcpFull = tcp === 'answered' ? await probeTcp(path, 3 * path.mtu, options) : tcp;
  const evidence = { udp, udpFull, tcp, tcpFull };
  return udp === 'silent' ? { ...evidence, udpUnchecked: await ask(short, false) } : evidence;
}

async function repeated(question: () => Promise<Outcome>): Promise<Outcome> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await question();
    if (outcome !== 'silent' || attempt === attempts) return outcome;
  }
}
