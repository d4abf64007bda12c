import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostCidr, parseIp } from '@poplin/net';
import { addressAdd, linkSet, openNetlink, routeAdd } from '@poplin/netlink';
import { type Pair, timed } from './pair.js';
import { openStage, type Stage } from './stage.js';

const address = parseIp('169.254.1.1');
const pod = parseIp('10.244.1.5');

/** What a host does for a pod: a veth pair into its namespace, an address, up, a route. Ours beside one `ip -batch`. */
export async function measureVeth(rounds: number): Promise<Pair> {
  const ours: number[] = [];
  const peer: number[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'poplin-bench-'));
  try {
    // Ten times the rounds: each takes only milliseconds.
    for (let round = 0; round <= 10 * rounds; round++) {
      const oursTime = await measureOurs();
      const peerTime = await measurePeer(join(folder, 'batch'));
      if (round === 0) continue;
      ours.push(oursTime);
      peer.push(peerTime);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  const what = 'veth into a namespace, address, up, route';
  return { what, ours, peer, peerName: 'ip -batch', limit: 1.3 };
}

/** With the opening of the handle, as `ip` opens its socket. */
async function measureOurs(): Promise<number> {
  using host = openStage();
  using inside = openStage();
  return await timed(async () => {
    using netlink = openNetlink({ netns: host.netns });
    const peer = { name: 'eth0', netns: inside.netns };
    await netlink.link.add({ kind: 'veth', name: 'pop0', peer });
    const { ifindex } = await netlink.link.get({ name: 'pop0' });
    const answers = await netlink.batch([
      addressAdd({ ifindex, ip: address, length: 32 }),
      linkSet({ ifindex }, { up: true }),
      routeAdd({ dst: hostCidr(pod), ifindex }),
    ]);
    for (const error of answers) if (error) throw error;
  });
}

async function measurePeer(batch: string): Promise<number> {
  using host = openStage();
  using inside = openStage();
  writeFileSync(batch, linesFor(inside).join('\n'));
  return await timed(() => host.ip('-batch', batch));
}

function linesFor(inside: Stage): string[] {
  return [
    `link add pop0 type veth peer name eth0 netns ${inside.name}`,
    `address add ${address}/32 dev pop0`,
    'link set pop0 up',
    `route add ${pod} dev pop0`,
    '',
  ];
}
