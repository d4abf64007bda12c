import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { must } from './execute.js';
import { markedProcesses } from './marked.js';
import { waitUntil } from './wait.js';

/** Folders that Poplin, CNI and the lab may write to outside of the lab's own. */
const watchedFolders = [
  '/run/poplin',
  '/run/poplin-lab',
  '/var/lib/poplin',
  '/var/lib/cni',
  '/etc/poplin',
  '/etc/cni/net.d',
  '/opt/cni/bin',
];

/** What a run must leave as it found it: names by kind, sorted. Counters and lifetimes are left out. */
export type Snapshot = Readonly<Record<SnapshotKind, readonly string[]>>;

/** What is looked at. */
export type SnapshotKind =
  | 'namespace'
  | 'link'
  | 'address'
  | 'route'
  | 'nft table'
  | 'sysctl'
  | 'process'
  | 'file';

/** Names of namespaces that labs make: a container runtime at work makes and removes others at any time. */
const labNamespace = /^pop[a-z0-9]{5}-\S+/;

/** Looks at the machine with `ip`, `nft` and `sysctl`, for processes of labs, and at the folders that a run might write to. */
export async function takeSnapshot(): Promise<Snapshot> {
  const [namespaces, links, addresses, routes, tables, sysctls] = await Promise.all([
    linesOf('ip', 'netns', 'list'),
    linesOf('ip', '-brief', 'link', 'show'),
    linesOf('ip', '-brief', 'address', 'show'),
    linesOf('ip', 'route', 'show', 'table', 'all'),
    linesOf('nft', 'list', 'tables'),
    linesOf('sysctl', '-n', 'net.ipv4.ip_forward', 'net.ipv6.conf.all.forwarding'),
  ]);
  return {
    namespace: namespaces.flatMap((line) => labNamespace.exec(line)?.[0] ?? []),
    link: links,
    address: addresses,
    route: routes,
    'nft table': tables,
    sysctl: sysctls,
    process: markedProcesses().map(({ pid, lab, command }) => `${pid} of ${lab}: ${command}`),
    file: [...watchedFolders.flatMap(filesIn), ...labFolders()].sort(),
  };
}

/** One sentence for each thing that came, and each that went. */
export function compareSnapshots(before: Snapshot, after: Snapshot): readonly string[] {
  return (Object.keys(before) as SnapshotKind[]).flatMap((kind) => [
    ...missingFrom(before[kind], after[kind]).map((name) => `${kind} was left behind: ${name}`),
    ...missingFrom(after[kind], before[kind]).map((name) => `${kind} is gone: ${name}`),
  ]);
}

/**
 * Looks until the machine is as it was; the kernel takes apart a namespace a moment after its last user went.
 *
 * @returns what differs after the time of grace; empty when all is as it was
 */
export async function differencesSince(before: Snapshot): Promise<readonly string[]> {
  let differences: readonly string[] = [];
  const isClean = async (): Promise<boolean> => {
    differences = compareSnapshots(before, await takeSnapshot());
    return differences.length === 0;
  };
  await waitUntil('the machine is as it was', isClean, { timeoutMs: 3_000 }).catch(() => false);
  return differences;
}

async function linesOf(...argv: readonly string[]): Promise<readonly string[]> {
  const lines = (await must(argv)).split('\n').map((line) => line.trimEnd());
  return lines.filter(Boolean).sort();
}

function filesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return [folder, ...readdirSync(folder).map((name) => `${folder}/${name}`)];
}

const labFolders = (): readonly string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith('poplin-lab-'));

const missingFrom = (known: readonly string[], found: readonly string[]): readonly string[] =>
  found.filter((name) => !known.includes(name));
