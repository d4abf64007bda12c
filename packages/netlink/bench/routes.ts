import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cidr, parseCidr, parseIp } from '@poplin/net';
import { linkSet, type Netlink, openNetlink, type RouteSpec, routeAdd } from '@poplin/netlink';
import { type Pair, timed } from './pair.js';
import { openStage, type Stage } from './stage.js';

const COUNT = 10_000;
/** Protocol of the routes, so that they can be flushed. */
const PROTOCOL = 112;
const via = parseIp('192.0.2.2');

const prefixes: readonly Cidr[] = Array.from({ length: COUNT }, (_, i) =>
  parseCidr(`10.${i >> 8}.${i & 255}.0/24`),
);

/** Adds and dumps 10,000 IPv4 routes, ours beside `ip`, in the same namespace. */
export async function measureRoutes(rounds: number): Promise<Pair[]> {
  using stage = openStage();
  using netlink = openNetlink({ netns: stage.netns });
  const ifindex = await prepare(stage, netlink);
  const folder = mkdtempSync(join(tmpdir(), 'poplin-bench-'));
  try {
    const batch = join(folder, 'routes');
    const lines = prefixes.map((dst) => `route add ${dst} via ${via} dev a0 proto ${PROTOCOL}`);
    writeFileSync(batch, `${lines.join('\n')}\n`);
    return await measure(stage, netlink, ifindex, batch, rounds);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function prepare(stage: Stage, netlink: Netlink): Promise<number> {
  await netlink.link.add({ kind: 'veth', name: 'a0', up: true, peer: { name: 'b0' } });
  await netlink.batch([linkSet({ name: 'b0' }, { up: true })]);
  stage.ip('address', 'add', '192.0.2.1/24', 'dev', 'a0');
  return (await netlink.link.get({ name: 'a0' })).ifindex;
}

async function measure(
  stage: Stage,
  netlink: Netlink,
  ifindex: number,
  batch: string,
  rounds: number,
): Promise<Pair[]> {
  const add = { ours: [] as number[], peer: [] as number[] };
  const dump = { ours: [] as number[], peer: [] as number[] };
  // One round more than asked for: in the first our code is not compiled yet, and the files of `ip` are not in memory.
  for (let round = 0; round <= rounds; round++) {
    const addOurs = await timed(() => addAll(netlink, ifindex));
    const dumpOurs = await timed(() => dumpAll(netlink));
    const dumpPeer = await timed(() => stage.ip('-j', 'route'));
    stage.ip('route', 'flush', 'proto', `${PROTOCOL}`);
    const addPeer = await timed(() => stage.ip('-batch', batch));
    stage.ip('route', 'flush', 'proto', `${PROTOCOL}`);
    if (round === 0) continue;
    add.ours.push(addOurs);
    add.peer.push(addPeer);
    dump.ours.push(dumpOurs);
    dump.peer.push(dumpPeer);
  }
  return [
    { what: 'add 10,000 routes', ...add, peerName: 'ip -batch', limit: 1 },
    { what: 'dump 10,000 routes', ...dump, peerName: 'ip -j route >/dev/null', limit: 1.5 },
  ];
}

/** From plain specs to the last acknowledgement. */
async function addAll(netlink: Netlink, ifindex: number): Promise<void> {
  const specs = prefixes.map((dst): RouteSpec => ({ dst, via, ifindex, protocol: PROTOCOL }));
  const answers = await netlink.batch(specs.map(routeAdd));
  for (const error of answers) if (error) throw error;
}

async function dumpAll(netlink: Netlink): Promise<void> {
  const routes = await netlink.route.list({ family: 'ipv4', table: 254 });
  if (routes.length < COUNT)
    throw new Error(`only ${routes.length} of ${COUNT} routes were listed`);
}
