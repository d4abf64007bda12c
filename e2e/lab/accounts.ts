import { readdirSync } from 'node:fs';
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

/**
 * Reads the accounts of a host whose daemon runs. Left out is what belongs to the node and comes with its first pod: routes
 * of whole blocks, and what the kernel keeps per link.
 */
export async function readAccounts(host: Host): Promise<Accounts> {
  const { namespace, socket, name } = host;
  const [addresses, links, routes4, routes6, rules4, rules6, neighbours, sets, qdiscs, sysctls] =
    await Promise.all([
      askAddresses(socket, name),
      linesOf(namespace, 'ip', '-o', 'link', 'show'),
      linesOf(namespace, 'ip', '-4', 'route', 'show', 'table', 'all', 'proto', '112'),
      linesOf(namespace, 'ip', '-6', 'route', 'show', 'table', 'all', 'proto', '112'),
      linesOf(namespace, 'ip', '-4', 'rule', 'show'),
      linesOf(namespace, 'ip', '-6', 'rule', 'show'),
      linesOf(namespace, 'ip', 'neighbour', 'show', 'nud', 'permanent'),
      namespace.must(['nft', '-j', '-s', 'list', 'ruleset']),
      linesOf(namespace, 'tc', 'qdisc', 'show'),
      linesOf(
        namespace,
        'sysctl',
        '-a',
        '-r',
        '^net\\.ipv[46]\\.(conf\\.(all|default)\\.|ip_forward$)',
      ),
    ]);
  return {
    'address in use': addresses.map(({ ip }) => ip).sort(),
    link: links.map((line) => line.split(/[:@]/)[1]?.trim() ?? line).sort(),
    'host route': [...routes4, ...routes6].filter((line) => !/\/\d+(\s|$)/.test(line)).sort(),
    'policy rule': [...rules4, ...rules6].sort(),
    neighbour: neighbours.sort(),
    'nft element': elementsOf(sets).sort(),
    qdisc: qdiscs.filter((line) => !line.startsWith('qdisc noqueue')).sort(),
    sysctl: sysctls.sort(),
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

async function linesOf(namespace: Namespace, ...argv: readonly string[]): Promise<string[]> {
  const { stdout } = await namespace.execute(argv);
  return stdout
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
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
