import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TestHost } from './host.js';

/** Debian's iptables, which set-up unpacks and does not install (e2e/setup/debian-archive.js). */
const tree = fileURLToPath(new URL('../../../.cache/debian/iptables/usr', import.meta.url));

/** One of its programs, by the name it is called by. */
export type IptablesProgram =
  | `${'iptables' | 'ip6tables'}-${'nft' | 'legacy'}`
  | `${'iptables' | 'ip6tables'}-nft-${'save' | 'restore'}`;

/** Runs a program of iptables in the namespace of a host. @returns what it prints. */
export function iptables(
  host: TestHost,
  program: IptablesProgram,
  args: readonly string[],
  input = '',
): string {
  const [architecture] = readdirSync(`${tree}/lib`).filter((name) => name.includes('-linux-'));
  return execFileSync('nsenter', [`--net=${host.path}`, `${tree}/sbin/${program}`, ...args], {
    input,
    encoding: 'utf8',
    env: { ...process.env, XTABLES_LIBDIR: `${tree}/lib/${architecture}/xtables` },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}
