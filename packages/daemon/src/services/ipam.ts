import {
  Address,
  Block,
  type ListAddressesRequest,
  ListAddressesResponse,
  type ListBlocksRequest,
  ListBlocksResponse,
} from '@poplin/api';
import {
  addressesPrefix,
  type BlockRecord,
  type Ipam,
  type MirroredAddress,
  parseAddressMirror,
  type Registry,
} from '@poplin/ipam';
import { type Cidr, cidrSize, compareCidrs, compareIps, type Ip } from '@poplin/net';
import { pageOf } from './page.js';
import { timestampOf } from './timestamp.js';

/** What the handlers look at. */
export interface IpamServiceComponents {
  readonly nodeName: string;
  readonly registry: Registry;
  readonly ipam: Ipam;
  /** All blocks of the cluster. */
  readonly blocks: () => readonly BlockRecord[];
}

/** The handlers of poplin.ipam.v1.IpamService. */
export function ipamService(parts: IpamServiceComponents) {
  return {
    async listBlocks(request: ListBlocksRequest): Promise<ListBlocksResponse> {
      const blocks = (await allBlocks(parts)).filter(
        ({ node }) => request.node === '' || node === request.node,
      );
      const page = pageOf(blocks, ({ cidr }) => cidr as Cidr, compareCidrs, request);
      return ListBlocksResponse.create({
        blocks: [...page.items],
        nextPageToken: page.nextPageToken,
      });
    },
    async listAddresses(request: ListAddressesRequest): Promise<ListAddressesResponse> {
      const addresses = (await allAddresses(parts)).filter(
        ({ node }) => request.node === '' || node === request.node,
      );
      const page = pageOf(addresses, ({ ip }) => ip as Ip, compareIps, request);
      return ListAddressesResponse.create({
        addresses: [...page.items],
        nextPageToken: page.nextPageToken,
      });
    },
  };
}

/** Own blocks are counted in memory, those of others by what they mirror. */
async function allBlocks(parts: IpamServiceComponents): Promise<Block[]> {
  const own = new Map(parts.ipam.blocks().map((block) => [block.record.cidr, block]));
  const mirrored = await mirroredCounts(parts.registry);
  return [...parts.blocks()]
    .sort((a, b) => compareCidrs(a.cidr, b.cidr))
    .map(({ cidr, pool, node, generation, claimedAt }) => {
      const local = own.get(cidr);
      return Block.create({
        cidr,
        pool,
        node,
        generation: BigInt(generation),
        claimedAt: timestampOf(claimedAt),
        capacity: BigInt(local?.capacity ?? cidrSize(cidr)),
        inUse: BigInt(local?.inUse ?? mirrored.get(cidr) ?? 0),
        cooling: BigInt(local?.cooling ?? 0),
      });
    });
}

async function mirroredCounts(registry: Registry): Promise<ReadonlyMap<Cidr, number>> {
  const mirrors = await readMirrors(registry);
  return new Map(mirrors.map(({ block, addresses }) => [block, addresses.length]));
}

async function allAddresses({ nodeName, registry, ipam }: IpamServiceComponents) {
  const own = ipam
    .assignments()
    .map((assignment) => addressOf(nodeName, assignment.block, assignment));
  const others = (await readMirrors(registry))
    .filter(({ node }) => node !== nodeName)
    .flatMap(({ node, block, addresses }) => addresses.map((a) => addressOf(node, block, a)));
  return [...own, ...others].sort((a, b) => compareIps(a.ip as Ip, b.ip as Ip));
}

async function readMirrors(registry: Registry) {
  const { entries } = await registry.list(addressesPrefix);
  return entries.flatMap(({ key, value }) => {
    const parsed = parseAddressMirror(key, value);
    return parsed.ok ? [parsed.record] : [];
  });
}

function addressOf(node: string, block: Cidr, address: MirroredAddress): Address {
  const { ip, containerId, ifname, pod, assignedAt } = address;
  return Address.create({
    ip,
    block,
    node,
    containerId,
    ifname,
    pod: pod ?? '',
    assignedAt: timestampOf(assignedAt),
  });
}
