import { type Host, type Lab, LabError, waitUntil } from '../../lab/index.js';
import { type HandBackend, overheads } from './by-hand.js';
import { attachByHand, type HandPod } from './hand-pod.js';

/**
 * Attaches a pod to each host of a lab whose daemons run, without ADD: as in attach mode `routed`, with the first address behind the base of the
 * block that the host's daemon has claimed, and the MTU that ADD would give it.
 *
 * @returns the pods, in the order of the hosts, when the first reaches the last
 * @throws LabError when it does not
 */
export async function attachToBlocks(lab: Lab, backend: HandBackend): Promise<readonly HandPod[]> {
  const mtu = 1500 - overheads[backend];
  const pods: HandPod[] = [];
  for (const host of lab.hosts)
    pods.push(await attachByHand(host, { ip: await freeIp(host), mtu }));
  const [first, last] = [pods.at(0), pods.at(-1)];
  if (!first || !last) throw new LabError('a lab without hosts has no pods');
  await waitUntil(`${first.ip} reaches ${last.ip}`, async () => {
    const ping = ['ping', '-n', '-c1', '-W1', last.ip];
    return (await first.namespace.execute(ping)).status === 0;
  });
  return pods;
}

/** Nobody else takes it: there is no ADD. */
async function freeIp(host: Host): Promise<string> {
  const { status, stdout, stderr } = await host.poplinctl('blocks', '--json');
  if (status !== 0) throw new LabError(`blocks of ${host.name}: ${stderr.trim()}`);
  const { blocks } = JSON.parse(stdout) as {
    readonly blocks: readonly { readonly cidr: string; readonly node: string }[];
  };
  const own = blocks.find(({ node }) => node === host.name);
  const parts = /^(\d+\.\d+\.\d+\.)(\d+)\//.exec(own?.cidr ?? '');
  if (!parts) throw new LabError(`${host.name} has claimed no block of IPv4`);
  return `${parts[1]}${Number(parts[2]) + 1}`;
}
