import { type Cidr, type Family, familyOf } from '@poplin/net';
import type { NftBaseChain, NftChain, NftObject, NftStatement } from '@poplin/netlink';
import { poplinTable } from '../../ownership.js';
import { type ForwardDrop, type ForwardFamily, iptablesCommands } from './notice.js';
import { effectOf, rulesOf } from './rules.js';

/** A base chain of somebody else's at the hook `forward`. */
export interface ForeignChain {
  readonly family: ForwardFamily;
  readonly table: string;
  readonly name: string;
}

/** The base chains in a listing that see packets on their way through the host, but for our own. */
export function chainsOnTheWay(
  chains: readonly NftChain[],
): (ForeignChain & Pick<NftBaseChain, 'policy'>)[] {
  return chains.flatMap((chain) => {
    const { family, table, name } = chain;
    if (chain.hook !== 'forward') return [];
    if (family !== 'ip' && family !== 'ip6' && family !== 'inet') return [];
    if (family === poplinTable.family && table === poplinTable.name) return [];
    return [{ family, table, name, ...(chain.policy && { policy: chain.policy }) }];
  });
}

/**
 * Tells whether a chain drops, or refuses, whatever no rule of it has accepted: by a last rule that asks nothing, as firewalld's chain and that of RHEL's
 * iptables have it.
 *
 * @param objects - a listing of the chain.
 */
export function endsInDrop(objects: readonly NftObject[], chain: string): boolean {
  const last = rulesOf(objects, chain).at(-1);
  if (!last) return false;
  const [verdict, ...more] = effectOf(last).filter((statement) => !('log' in statement));
  return verdict !== undefined && more.length === 0 && isRefusal(verdict);
}

/** libnftables lists the REJECT of iptables as a target of xtables. */
function isRefusal(verdict: NftStatement): boolean {
  if ('drop' in verdict || 'reject' in verdict) return true;
  const xt =
    'xt' in verdict ? (verdict.xt as { readonly type?: unknown; readonly name?: unknown }) : {};
  return xt?.type === 'target' && xt.name === 'REJECT';
}

/** Tells whether packets of any of these families pass a chain. */
export function seesAny({ family }: ForeignChain, families: ReadonlySet<Family>): boolean {
  return [...families].some((each) => sees(family, each));
}

/** What is to be said of a chain. @param handled - whether Docker's chain lets the packets through. */
export function forwardDrop(
  { family, table, name }: ForeignChain,
  prefixes: readonly Cidr[],
  handled: boolean,
): ForwardDrop {
  const seen = prefixes.filter((cidr) => sees(family, familyOf(cidr)));
  return {
    kind: 'forward-drop',
    family,
    table,
    chain: name,
    handled: handled ? 'docker-user' : undefined,
    remedy: remedyFor({ family, table, name }, seen),
  };
}

function sees(family: ForwardFamily, packets: Family): boolean {
  return family === 'inet' || (family === 'ip') === (packets === 'ipv4');
}

/** firewalld takes its table away and makes it anew as it likes, so it has to be asked itself: firewall-cmd(1), the zone `trusted` accepts all. */
function firewalldCommands(prefixes: readonly Cidr[]): string {
  return [
    ...prefixes.map((cidr) => `firewall-cmd --permanent --zone=trusted --add-source=${cidr}`),
    'firewall-cmd --reload',
  ].join('; ');
}

/** A command is to be copied into a root's shell, so no name of somebody else's gets into one that is more than a name. */
function remedyFor({ family, table, name }: ForeignChain, prefixes: readonly Cidr[]): string {
  if (table === 'filter' && name === 'FORWARD' && family !== 'inet') {
    return iptablesCommands(family === 'ip' ? 'iptables' : 'ip6tables', prefixes);
  }
  if (family === 'inet' && table === 'firewalld') return firewalldCommands(prefixes);
  if (![table, name].every((text) => /^[A-Za-z][\w.-]*$/.test(text))) {
    return `let that chain accept what comes from and goes to ${prefixes.join(', ')}`;
  }
  return prefixes
    .flatMap((cidr) => {
      const header = familyOf(cidr) === 'ipv4' ? 'ip' : 'ip6';
      return ['saddr', 'daddr'].map(
        (side) => `nft insert rule ${family} ${table} ${name} ${header} ${side} ${cidr} accept`,
      );
    })
    .join('; ');
}
