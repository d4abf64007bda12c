import { type Ip, parseCidr, parseIp, silentLog } from '@poplin/net';
import type { Assignment, Ipam, IpamOptions } from '../ipam/ipam.js';
import { startIpam } from '../ipam/start.js';
import type { Pool } from '../pool/pool.js';
import { type BlockRecord, blockKey, formatBlockRecord } from '../records/block.js';
import type { Registry } from '../registry/registry.js';

/** A pool for tests. */
export function pool(cidr: string, blockSize: number, name = 'default'): Pool {
  return { name, cidr: parseCidr(cidr), blockSize };
}

/** Starts address management of a node with a clock that stands still, unless options say otherwise. */
export function startNode(
  registry: Registry,
  options: Partial<IpamOptions> & { readonly pools: readonly Pool[] },
): Promise<Ipam> {
  const nodeName = options.nodeName ?? 'n1';
  return startIpam({
    registry,
    nodeName,
    nodeId: `id-${nodeName}`,
    usable: 'all',
    coolDownSeconds: 30,
    log: silentLog,
    clock: () => 0,
    existing: [],
    ...options,
  });
}

/** Takes addresses for a container. */
export async function assign(ipam: Ipam, containerId: string): Promise<readonly Ip[]> {
  return (await ipam.assign({ containerId, ifname: 'eth0' })).map(({ ip }) => ip);
}

/** Takes these addresses for a container. */
export async function ask(
  ipam: Ipam,
  containerId: string,
  ips: readonly string[],
): Promise<readonly Ip[]> {
  const requested = ips.map(parseIp);
  const got = await ipam.assign({ containerId, ifname: 'eth0', requested });
  return got.map(({ ip }) => ip);
}

/** An address found in use. */
export function inUse(ip: string, block: string, containerId: string): Assignment {
  const assignedAt = '2026-11-21T00:00:00.000Z';
  return { ip: parseIp(ip), block: parseCidr(block), containerId, ifname: 'eth0', assignedAt };
}

/** Writes a block record for a node, as that node would. */
export async function putBlock(registry: Registry, cidr: string, node: string): Promise<void> {
  const record: BlockRecord = {
    cidr: parseCidr(cidr),
    pool: 'default',
    node,
    nodeId: `id-${node}`,
    generation: 1,
    claimedAt: '2026-11-21T00:00:00.000Z',
    token: `token-${node}-${cidr}`,
  };
  const put = { put: blockKey(record.cidr), value: formatBlockRecord(record) };
  await registry.commit({ when: [], do: [put] });
}
