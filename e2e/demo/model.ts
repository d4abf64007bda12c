import { type Lab, mapParallel, type Pod } from '../lab/index.js';
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

/** The ends of all checks: pods, nodes, and the host outside. */
async function endpointsOf(lab: Lab, pods: readonly Pod[]): Promise<readonly Endpoint[]> {
  const nodes = await Promise.all(
    lab.hosts.map(async ({ name, namespace, address }): Promise<Endpoint> => {
      const own = await namespace.addresses();
      return { kind: 'node', name, namespace, ip: address, own, nodeIp: address };
    }),
  );
  const { name, namespace } = lab.outside;
  const [ip = ''] = await namespace.addresses();
  return [
    ...pods.map(
      ({ name, namespace, ip, host }): Endpoint => ({
        ...{ kind: 'pod', name, namespace, ip },
        own: [ip],
        nodeIp: host.address,
      }),
    ),
    ...nodes,
    { kind: 'outside', name, namespace, ip, own: [ip], nodeIp: ip },
  ];
}
