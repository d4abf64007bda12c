import { execFileSync } from 'node:child_process';

/** Runs iproute2's `ip` in this process's namespace. */
export function ip(...args: string[]): string {
  return execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Runs `tc` in this process's namespace. */
export function tc(...args: string[]): string {
  return execFileSync('tc', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** A qdisc as `tc` tells it. */
export interface ToldQdisc {
  readonly kind: string;
  readonly handle: string;
  readonly options: Record<string, unknown>;
}

/** Qdiscs of a link that somebody has made. */
export function qdiscs(link: string): ToldQdisc[] {
  const all = JSON.parse(tc('-j', 'qdisc', 'show', 'dev', link)) as ToldQdisc[];
  return all.filter(({ kind }) => kind !== 'noqueue');
}

/** Links that filters send to what a link receives. */
export function redirects(link: string): string[] {
  const text = tc('filter', 'show', 'dev', link, 'ingress');
  return [...text.matchAll(/redirect to device (\S+)\)/gi)].map(([, to]) => to ?? '');
}

/** Names of the `ifb` links. */
export function ifbs(): string[] {
  const links = JSON.parse(ip('-j', 'link', 'show', 'type', 'ifb') || '[]') as {
    ifname?: string;
  }[];
  // The kernel tells links of other kinds as empty objects.
  return links.flatMap(({ ifname }) => (ifname === undefined ? [] : [ifname]));
}
