import type { KernelState, LinkState } from '../kernel-state.js';
import type { BackendRules } from './rules.js';

/** The kinds of links that a backend may have. */
const tunnelKinds: readonly LinkState['kind'][] = ['vxlan', 'ipip', 'ip6tnl', 'tun'];

/** Tells whether a name is one for the links of a backend: `poplin.` and something behind it. */
export function isBackendLink(name: string): boolean {
  return name.startsWith('poplin.') && name.length > 'poplin.'.length;
}

/** Refusals about links, and about what may only be on those. */
export function checkLinks(state: KernelState, { linkSuffix }: BackendRules): string[] {
  return [
    ...state.links.flatMap((link) => checkLink(link, linkSuffix)),
    ...strangers('address', state.addresses, ({ ip, length }) => `${ip}/${length}`),
    ...strangers('neighbour', state.neighbours, ({ ip }) => ip),
    ...strangers('fdb entry', state.fdb, ({ mac }) => mac),
    ...strangers('offload', state.offloads, () => 'tx off'),
  ];
}

function checkLink({ name, kind }: LinkState, suffix: string): string[] {
  if (!tunnelKinds.includes(kind)) {
    return [`link ${name}: a backend may not make a ${kind}, only ${tunnelKinds.join(', ')}`];
  }
  if (!isBackendLink(name)) {
    return [`link ${name}: the name of a backend's link begins with "poplin."`];
  }
  if (suffix === '' ? /\.b$/.test(name) : !name.endsWith(suffix)) {
    const rule = suffix === '' ? 'is that of other options now' : 'is not behind the name';
    return [`link ${name}: the suffix "${suffix || '.b'}" ${rule} (linkSuffix)`];
  }
  return [];
}

function strangers<T extends { readonly link: string }>(
  what: string,
  list: readonly T[],
  text: (one: T) => string,
): string[] {
  return list
    .filter(({ link }) => !isBackendLink(link))
    .map(
      (one) => `${what} ${text(one)} on ${one.link}: a backend may have it on its own links only`,
    );
}
