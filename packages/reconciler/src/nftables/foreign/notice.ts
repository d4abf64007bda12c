import type { Cidr } from '@poplin/net';

/** Families of tables whose chains see forwarded IP packets. */
export type ForwardFamily = 'ip' | 'ip6' | 'inet';

/** Something that others have done to the host, and that may keep pods' packets from being forwarded. */
export type ForwardNotice = ForwardDrop | LegacyFilter | UnreadableFirewall | NoTables;

/** A base chain at the hook `forward` that drops, or refuses, what no rule of it accepts: by its policy, or by its last rule. */
export interface ForwardDrop {
  readonly kind: 'forward-drop';
  readonly family: ForwardFamily;
  readonly table: string;
  readonly chain: string;
  /** Docker's chain for the rules of others lets Poplin's packets through; `undefined`: nothing does that we know of. */
  readonly handled: 'docker-user' | undefined;
  /** What an operator does about it: commands, one a line; or words, where a name is none that a shell takes as it is. */
  readonly remedy: string;
}

/** The kernel has a filter table of legacy iptables, which nftables does not show. */
export interface LegacyFilter {
  readonly kind: 'legacy-filter';
  readonly family: 'ip' | 'ip6';
  readonly remedy: string;
}

/** The chains of others could not be read, or Docker's chain not be changed. */
export interface UnreadableFirewall {
  readonly kind: 'unreadable';
  readonly reason: string;
  readonly remedy: string;
}

/** The kernel has no nftables for IP. Pods reach each other; what takes rules does not work. */
export interface NoTables {
  readonly kind: 'no-tables';
  readonly remedy: string;
}

/** The one notice of its kind. */
export const noTables: NoTables = {
  kind: 'no-tables',
  remedy: 'Use a kernel with CONFIG_NF_TABLES_INET',
};

/**
 * Tells whether pods' packets are being dropped as far as we know. Of what cannot be judged this is not said: a legacy table is there
 * as soon as anybody has listed it.
 */
export function isForwardProblem(notice: ForwardNotice): boolean {
  return notice.kind !== 'legacy-filter' && !(notice.kind === 'forward-drop' && notice.handled);
}

/** A notice as a sentence for an operator. */
export function describeNotice(notice: ForwardNotice): string {
  switch (notice.kind) {
    case 'forward-drop': {
      const { family, table, chain, handled, remedy } = notice;
      const what = `chain ${chain} of nftables table ${family} ${table} drops what is forwarded`;
      return handled
        ? `${what}; Poplin's rules in DOCKER-USER let pods' packets through`
        : `${what}, pods' packets too, unless a rule of it accepts them. To have them accepted: ${remedy}`;
    }
    case 'legacy-filter': {
      const program = legacyProgram[notice.family];
      return `rules of ${program} are in force, and whether they drop pods' packets cannot be seen. ${notice.remedy}`;
    }
    case 'no-tables':
      return `this kernel has no nftables of family inet: nothing is masqueraded, and host ports cannot be had. ${notice.remedy}`;
    case 'unreadable':
      return `whether other firewalls drop pods' packets is not known: ${notice.reason}. ${notice.remedy}`;
  }
}

/** The program that shows a legacy table, by its family. */
export const legacyProgram = { ip: 'iptables-legacy', ip6: 'ip6tables-legacy' } as const;

/** Commands of an iptables that has its packets from and to prefixes forwarded. */
export function iptablesCommands(program: string, prefixes: readonly Cidr[]): string {
  return prefixes
    .flatMap((cidr) =>
      ['-s', '-d'].map((side) => `${program} -I FORWARD ${side} ${cidr} -j ACCEPT`),
    )
    .join('; ');
}
