import { type Cidr, type Family, familyOf } from '@poplin/net';
import type { NftChain } from '@poplin/netlink';
import { poplinTable } from '../../ownership.js';
import { type ForwardDrop, type ForwardFamily, iptablesCommands } from './notice.js';

/** A base chain of somebody else's whose policy drops forwarded packets. */
export interface DroppingChain {
  readonly family: ForwardFamily;
  readonly table: string;
  readonly name: string;
}

/**
 * The chains in a listing whose policy drops packets of these families on their way through the host. Chains that drop by a
 * rule at their end, as firewalld's do, are not told from those that do not.
 */
export function droppingChains(
  chains: readonly NftChain[],
  families: ReadonlySet<Family>,
): DroppingChain[] {
  return chains.flatMap((chain) => {
    const { family, table, name } = chain;
    if (chain.hook !== 'forward' || chain.policy !== 'drop') return [];
    if (family !== 'ip' && family !== 'ip6' && family !== 'inet') return [];
    if (family === poplinTable.family && table === poplinTable.name) return [];
    return [...families].some((each) => sees(family, each)) ? [{ family, table, name }] : [];
  });
}

/** What is to be said of a chain. @param handled - whether Docker's chain lets the packets through. */
export function forwardDrop(
  { family, table, name }: DroppingChain,
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

/** A command is to be copied into a root's shell, so no name of somebody else's gets into one that is more than a name. */
function remedyFor({ family, table, name }: DroppingChain, prefixes: readonly Cidr[]): string {
  if (table === 'filter' && name === 'FORWARD' && family !== 'inet') {
    return iptablesCommands(family === 'ip' ? 'iptables' : 'ip6tables', prefixes);
  }
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
