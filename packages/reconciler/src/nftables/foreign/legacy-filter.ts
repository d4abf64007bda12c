import { readFileSync } from 'node:fs';
import { type Cidr, familyOf } from '@poplin/net';
import { iptablesCommands, type LegacyFilter, legacyProgram } from './notice.js';

/** Where the kernel names the tables of legacy iptables in the namespace of the thread, one a line. */
const lists = {
  ip: '/proc/thread-self/net/ip_tables_names',
  ip6: '/proc/thread-self/net/ip6_tables_names',
} as const;

/**
 * What is to be said of filter tables of legacy iptables. The kernel shows them to no one but iptables-legacy, by a socket option
 * of its own, and has them as soon as that was used once.
 *
 * @param read - reads a file as text; throws when it is not there, as it is where the kernel has no legacy iptables.
 */
export function legacyFilters(
  prefixes: readonly Cidr[],
  read: (path: string) => string = (path) => readFileSync(path, 'utf8'),
): LegacyFilter[] {
  return (['ip', 'ip6'] as const).flatMap((family) => {
    const own = prefixes.filter((cidr) => (familyOf(cidr) === 'ipv4') === (family === 'ip'));
    if (own.length === 0 || !namesIn(read, lists[family]).includes('filter')) return [];
    const program = legacyProgram[family];
    const remedy = `See ${program} -S FORWARD; if it drops them: ${iptablesCommands(program, own)}`;
    return [{ kind: 'legacy-filter', family, remedy }];
  });
}

function namesIn(read: (path: string) => string, path: string): readonly string[] {
  try {
    return read(path).split('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
