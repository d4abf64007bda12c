import { type Family, familiesIn, type Lab, mapParallel, type Pod } from '../lab/index.js';
import { type Check, type Endpoint, makeCheck, planChecks } from './check.js';
import { startResponders } from './responder.js';

/** How many checks are made at once. */
const parallel = 8;

/**
 * Proves the Kubernetes network model in a lab: starts a responder in every pod, on every node and outside, and
 * makes every check there is.
 */
export async function proveNetworkModel(
  lab: Lab,
  pods: readonly Pod[],
  signal?: AbortSignal,
): Promise<readonly Check[]> {
  const endpoints = await endpointsOf(lab, pods);
  await startResponders(endpoints, lab);
  return await mapParallel(planChecks(endpoints), parallel, (planned) => {
    signal?.throwIfAborted();
    return makeCheck(planned);
  });
}

/** The ends of all checks, once for each family: pods, nodes, and the host outside. */
async function endpointsOf(lab: Lab, pods: readonly Pod[]): Promise<readonly Endpoint[]> {
  const nodes = await Promise.all(
    lab.hosts.map(async ({ name, namespace, addresses }) => {
      return {
        kind: 'node',
        name,
        namespace,
        addresses,
        own: await namespace.addresses(),
      } as const;
    }),
  );
  const { name, addresses } = lab.underlay.plan.outside;
  const { namespace } = lab.outside;
  const ends: readonly End[] = [
    ...pods.map(({ name, namespace, ips, host }) => {
      return {
        kind: 'pod',
        name,
        namespace,
        addresses: ips,
        own: ips,
        node: host.addresses,
      } as const;
    }),
    ...nodes,
    { kind: 'outside', name, namespace, addresses, own: addresses },
  ];
  return familiesIn('dual').flatMap((family) => ends.flatMap((end) => endpointOf(end, family)));
}

/** An end with the addresses of both families. */
interface End extends Pick<Endpoint, 'kind' | 'name' | 'namespace'> {
  /** What it is reached by. */
  readonly addresses: readonly string[];
  readonly own: readonly string[];
  /** Addresses of a pod's node. */
  readonly node?: readonly string[];
}

/** What there is of one family; nothing where a node has that family alone, and pods do not. */
function endpointOf({ addresses, own, node, ...end }: End, family: Family): readonly Endpoint[] {
  const ofFamily = (list: readonly string[]) => list.filter((ip) => familyOf(ip) === family);
  const [ip] = ofFamily(addresses);
  if (ip === undefined) return [];
  const [nodeIp = ip] = ofFamily(node ?? addresses);
  return [{ ...end, family, ip, own: ofFamily(own), nodeIp }];
}

const familyOf = (ip: string): Family => (ip.includes(':') ? 'ipv6' : 'ipv4');
