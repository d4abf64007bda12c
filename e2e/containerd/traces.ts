import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { askAddresses, rulesetInUse, waitUntil } from '../lab/index.js';
import { markedProcesses } from '../lab/marked.js';
import { cgroupsOf, mountsBelow } from '../lab/runtime-leftovers.js';
import type { Containerd } from './containerd.js';

/** Everything that pods leave traces in, by kind, sorted: of a host, its containerd, its daemon and its kernel. */
export type Traces = Readonly<Record<string, readonly string[]>>;

/** Looks with `ctr`, `ip`, `tc`, `nft`, `iptables-save`, /proc and poplinctl. */
export async function takeTraces(containerd: Containerd): Promise<Traces> {
  const { host, folders, cri } = containerd;
  const { namespace } = host;
  const run = (...argv: readonly string[]): Promise<readonly string[]> =>
    namespace.must(argv).then(linesOf);
  // Interfaces of ended pods wait for half a second to be deleted together.
  await waitUntil('links that go are deleted', async () => {
    const links = await run('ip', '-brief', 'link', 'show');
    return !links.some((line) => line.startsWith('popx'));
  });
  return {
    sandboxes: (await cri.listPodSandboxes()).map(({ id }) => id).sort(),
    tasks: linesOf(await containerd.ctr('task', 'ls', '-q')),
    containers: linesOf(await containerd.ctr('containers', 'ls', '-q')),
    snapshots: linesOf(await containerd.ctr('snapshots', 'ls')),
    shims: markedProcesses()
      .filter(({ lab, command }) => lab === host.labId && command.includes(folders.socket))
      .map(({ command }) => command),
    namespaces: filesIn(`${folders.state}/io.containerd.grpc.v1.cri/netns`),
    mounts: mountsBelow(folders.top),
    cgroups: cgroupsOf(host.labId).filter((path) => path.includes(`/${host.labId}/${host.name}/`)),
    'cached results': cachedResults(host.socket),
    attachments: filesIn(`${host.folder}/attachments`),
    tombstones: filesIn(`${host.folder}/del`),
    addresses: await addressesInUse(containerd),
    links: (await run('ip', '-brief', 'link', 'show')).map((line) => line.split(/\s/)[0] ?? ''),
    routes: (await run('ip', 'route', 'show', 'table', 'all')).filter(isOfPods),
    'policy rules': [...(await run('ip', 'rule')), ...(await run('ip', '-6', 'rule'))],
    neighbours: await run('ip', 'neigh', 'show', 'nud', 'permanent'),
    'traffic control': (await run('tc', 'qdisc', 'show')).filter(
      (line) => !line.includes('noqueue'),
    ),
    ruleset: linesOf(await rulesetInUse(namespace)),
  };
}

/** Kinds of traces that a runtime leaves, whatever its network plugins do. */
const ofTheRuntime = new Set([
  'sandboxes',
  'tasks',
  'containers',
  'snapshots',
  'shims',
  'namespaces',
  'mounts',
  'cgroups',
]);

/** Looks at those traces alone that network plugins leave. */
export async function takeNetworkTraces(containerd: Containerd): Promise<Traces> {
  const all = Object.entries(await takeTraces(containerd));
  return Object.fromEntries(all.filter(([kind]) => !ofTheRuntime.has(kind)));
}

/**
 * Looks until the traces are what they were: Poplin deletes links shortly after the answer to DEL.
 *
 * @param take what took the earlier ones
 * @returns the last look, for the test to compare
 */
export async function tracesWhenSettled(
  containerd: Containerd,
  before: Traces,
  take = takeTraces,
): Promise<Traces> {
  let traces = await take(containerd);
  const isSettled = async (): Promise<boolean> => {
    if (isDeepStrictEqual(traces, before)) return true;
    traces = await take(containerd);
    return false;
  };
  await waitUntil('the host is as it was', isSettled, { timeoutMs: 5_000 }).catch(() => false);
  return traces;
}

/**
 * The CNI library keeps what ADD answered in one folder for all runtimes of the machine. Those of a host are known by the
 * daemon's socket in their configuration.
 */
function cachedResults(socket: string): readonly string[] {
  const folder = '/var/lib/cni/results';
  return filesIn(folder).filter((name) => configOf(`${folder}/${name}`).includes(socket));
}

/** The configuration in a cached result; empty for one that was removed meanwhile or that is being written. */
function configOf(path: string): string {
  try {
    const { config = '' } = JSON.parse(readFileSync(path, 'utf8')) as { readonly config?: string };
    return Buffer.from(config, 'base64').toString();
  } catch {
    return '';
  }
}

/** The addresses that a node's daemon says are in use. */
export async function addressesInUse({ host }: Containerd): Promise<readonly string[]> {
  const addresses = await askAddresses(host.socket, host.name);
  return addresses.map(({ ip }) => ip).sort();
}

/** The kernel adds link-local routes when it has made sure that an address is nobody else's, a second after the link. */
const isOfPods = (route: string): boolean => !/^((local|anycast) )?fe80::/.test(route);

const linesOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter(Boolean)
    .sort();

const filesIn = (folder: string): readonly string[] =>
  existsSync(folder) ? readdirSync(folder).sort() : [];
