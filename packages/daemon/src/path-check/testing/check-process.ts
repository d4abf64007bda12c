import { execFileSync } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { silentLog } from '@poplin/net';
import { PathCheck, type PathSources, pathsOf } from '../index.js';

/** What a node of a test is told on standard input, JSON. */
export interface CheckOrder {
  readonly sources: PathSources;
  readonly port: number;
}

/** What it says on standard output, a line of JSON twenty times a second. */
export interface CheckReport {
  readonly findings: PathCheck['findings'];
  readonly problems: readonly string[];
  /** Warnings, in order. */
  readonly told: readonly string[];
}

/**
 * The path check of a node as a process in the node's namespace, as the daemon is: a link-local peer's address comes with the name of a
 * link, which Node looks up in the namespace of the process. `ethtool` is in the place of the reconciler.
 */
async function main(): Promise<void> {
  const { sources, port } = JSON.parse(await text(process.stdin)) as CheckOrder;
  const links = sources.host.links.map(({ name }) => name);
  const told: string[] = [];
  const check = new PathCheck({
    port,
    timeout: 300,
    retryUnit: 100,
    log: { ...silentLog, warn: (_, message) => void told.push(message) },
    ifindex: async (link) => indexOf(link),
    setSoftwareChecksums: async (off) => {
      for (const link of links) {
        execFileSync('ethtool', ['-K', link, 'tx', off.includes(link) ? 'off' : 'on']);
      }
    },
  });
  await check.setPeer(sources.peer.name, pathsOf(sources));
  setInterval(() => {
    const report: CheckReport = { findings: check.findings, problems: check.problems, told };
    process.stdout.write(`${JSON.stringify(report)}\n`);
  }, 50);
}

function indexOf(link: string): number {
  const shown = execFileSync('ip', ['-j', 'link', 'show', link], { encoding: 'utf8' });
  const [found] = JSON.parse(shown) as [{ readonly ifindex: number }];
  return found.ifindex;
}

await main();
