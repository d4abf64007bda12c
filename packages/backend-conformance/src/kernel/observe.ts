import type { Namespace } from './namespace.js';

/** What the kernel's own tools say of a host, as far as a backend may have made it: one line each, sorted. */
export async function observed(host: Namespace): Promise<readonly string[]> {
  const [links, routes4, routes6, rules4, rules6, neighbours, fdb] = await Promise.all([
    host.observe('-d link show'),
    host.observe('-4 route show table all proto 112'),
    host.observe('-6 route show table all proto 112'),
    host.observe('-4 rule show'),
    host.observe('-6 rule show'),
    host.observe('neighbour show nud permanent'),
    host.run('bridge', '-j', 'fdb', 'show'),
  ]);
  const backendLinks = (links as readonly SeenLink[]).filter(({ ifname }) =>
    ifname.startsWith('poplin.'),
  );
  const entries = JSON.parse(fdb.said || '[]') as readonly { ifname: string }[];
  return [
    ...backendLinks.map(({ ifname, mtu, flags, address, linkinfo }) =>
      line('link', { ifname, mtu, flags, address, linkinfo }),
    ),
    ...[routes4, routes6].flatMap((list) => (list as object[]).map((one) => line('route', one))),
    ...[rules4, rules6].flatMap((list) => (list as object[]).map((one) => line('rule', one))),
    ...(neighbours as SeenLink[]).filter(isBackends).map((one) => line('neighbour', one)),
    ...entries.filter(({ ifname }) => ifname.startsWith('poplin.')).map((one) => line('fdb', one)),
  ].sort();
}

interface SeenLink {
  readonly ifname: string;
  readonly dev?: string;
  readonly mtu?: number;
  readonly flags?: readonly string[];
  readonly address?: string;
  readonly linkinfo?: unknown;
}

function isBackends({ dev }: SeenLink): boolean {
  return dev?.startsWith('poplin.') ?? false;
}

function line(what: string, value: object): string {
  return `${what} ${JSON.stringify(value)}`;
}
