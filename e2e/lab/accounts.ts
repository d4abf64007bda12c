import { readdirSync } from 'node:fs';
import { LabError } from './error.js';
import type { Host } from './host.js';
import { askAddresses } from './host-addresses.js';
import type { Namespace } from './namespace.js';
import { waitUntil } from './wait.js';

/** What an attachment may leave on a host, by kind, as the kernel, the disk and IPAM tell it; sorted. */
export type Accounts = Readonly<Record<AccountKind, readonly string[]>>;

/** What is counted. */
export type AccountKind =
  | 'address in use'
  | 'link'
  | 'host route'
  | 'policy rule'
  | 'neighbour'
  | 'nft element'
  | 'qdisc'
  | 'sysctl'
  | 'file';

/** Milliseconds that links may outlive the DEL that has answered (docs/cni.md, "DEL"). */
const lingerMs = 2_000;

/** Settings of the host that are not about one link. */
const sysctlFiles = [
  ...['ipv4', 'ipv6'].flatMap((family) =>
    ['all', 'default'].map((link) => `/proc/sys/net/${family}/conf/${link}`),
  ),
  '/proc/sys/net/ipv4/ip_forward',
];

/** What is asked of the kernel, one command each. */
const questions = {
  links: 'ip -o link show',
  routes4: 'ip -4 route show table all proto 112',
  routes6: 'ip -6 route show table all proto 112',
  rules4: 'ip -4 rule show',
  rules6: 'ip -6 rule show',
  neighbours: 'ip neighbour show nud permanent',
  sets: 'nft -j -s list ruleset',
  qdiscs: 'tc qdisc show',
  // As sysctl(8) shows them, without its walk through all the others.
  sysctls: `grep -rs "" ${sysctlFiles.join(' ')}`,
} as const;

type Answers = Readonly<Record<keyof typeof questions, readonly string[]>>;

/**
 * Reads the accounts of a host whose daemon runs. Left out is what belongs to the node and comes with its first pod: routes
 * of whole blocks, and what the kernel keeps per link.
 */
export async function readAccounts(host: Host): Promise<Accounts> {
  const [addresses, kernel] = await Promise.all([
    askAddresses(host.socket, host.name),
    askKernel(host.namespace),
  ]);
  return {
    'address in use': addresses.map(({ ip }) => ip).sort(),
    link: kernel.links.map((line) => line.split(/[:@]/)[1]?.trim() ?? line).sort(),
    'host route': [...kernel.routes4, ...kernel.routes6]
      .filter((line) => !/\/\d+(\s|$)/.test(line))
      .sort(),
    'policy rule': [...kernel.rules4, ...kernel.rules6].sort(),
    neighbour: [...kernel.neighbours].sort(),
    'nft element': elementsOf(kernel.sets.join('')).sort(),
    qdisc: kernel.qdiscs.filter((line) => !line.startsWith('qdisc noqueue')).sort(),
    sysctl: [...kernel.sysctls].sort(),
    file: filesBelow(host.folder).sort(),
  };
}

/**
 * Looks until the accounts are what they were; links may go a moment after their DEL.
 *
 * @returns one sentence per difference that stays; empty when the accounts balance
 */
export async function imbalanceSince(before: Accounts, host: Host): Promise<readonly string[]> {
  let differences: readonly string[] = [];
  const balances = async (): Promise<boolean> => {
    differences = compareAccounts(before, await readAccounts(host));
    return differences.length === 0;
  };
  await waitUntil('the accounts balance', balances, { timeoutMs: lingerMs }).catch(() => false);
  return differences;
}

/** One sentence for each thing that came, and each that went. */
export function compareAccounts(before: Accounts, after: Accounts): readonly string[] {
  return (Object.keys(before) as AccountKind[]).flatMap((kind) => [
    ...after[kind]
      .filter((one) => !before[kind].includes(one))
      .map((one) => `${kind} was left behind: ${one}`),
    ...before[kind]
      .filter((one) => !after[kind].includes(one))
      .map((one) => `${kind} is gone: ${one}`),
  ]);
}

/** Asks everything in one process: accounts are read again and again until they balance. */
async function askKernel(namespace: Namespace): Promise<Answers> {
  const separator = '--';
  const script = Object.values(questions).join(`; echo ${separator}; `);
  const { stdout } = await namespace.execute(['sh', '-c', script]);
  const answers = stdout.split(`${separator}\n`).map((answer) =>
    answer
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean),
  );
  const names = Object.keys(questions);
  if (answers.length !== names.length) throw new LabError(`the kernel was read badly: ${stdout}`);
  const told: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
    names.map((name, index) => [name, answers[index] ?? []]),
  );
  return told as Answers;
}

/** The elements of every set and map, each with the name of its set. */
function elementsOf(ruleset: string): string[] {
  const { nftables } = JSON.parse(ruleset) as { readonly nftables: readonly NftObject[] };
  return nftables.flatMap(({ set, map }) => {
    const { table, name, elem } = set ?? map ?? {};
    return (elem ?? []).map((one) => `${table} ${name} ${JSON.stringify(one)}`);
  });
}

interface NftObject {
  readonly set?: NftSet;
  readonly map?: NftSet;
}

interface NftSet {
  readonly table: string;
  readonly name: string;
  readonly elem?: readonly unknown[];
}

/** Records and tombstones; not the daemon's own state, log and locks. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('poplin'))
    .map((entry) => `${entry.parentPath}/${entry.name}`)
    .filter((path) => !path.startsWith(`${folder}/state/`));
}
