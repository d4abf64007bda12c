import type { KernelState } from '../kernel-state.js';
import { checkLinks, isBackendLink } from './link.js';
import { checkRouting } from './route.js';
import type { BackendRules } from './rules.js';

/** What is for attachments and for the daemon alone, in the words of a refusal. */
const notForBackends = {
  bridgePorts: 'ports of bridges',
  forwards: 'forwarding',
  masquerade: 'masquerading',
  plainSources: 'exceptions from masquerading',
  portMappings: 'host ports',
  isolations: 'isolated pods',
  loopbackRoutes: 'routes for 127.0.0.0/8',
  shapings: 'limits of pods',
} as const satisfies Partial<Record<keyof KernelState, string>>;

/**
 * Compares what a backend asks for with what a backend may ask for (`docs/backends.md`): links `poplin.…` and what is on them, routes to
 * pods' prefixes in the main table and in 112, to peers' addresses in table 112, the rules that lead there, sysctls of its own links, its tunnels.
 * Pure. The state has passed `kernelStateSchema`.
 *
 * @returns a sentence for each object that it may not ask for, with the rule; empty when all is well.
 */
export function checkBackendState(state: KernelState, rules: BackendRules): readonly string[] {
  return [
    ...checkLinks(state, rules),
    ...checkRouting(state, rules),
    ...state.sysctls.filter(({ key }) => !isOwnSysctl(key)).map(sysctlRefusal),
    ...Object.entries(notForBackends)
      .filter(([kind]) => state[kind as keyof typeof notForBackends].length > 0)
      .map(([kind, words]) => `${kind}: a backend may not ask for ${words}`),
  ];
}

/** `net/ipv4/conf/LINK/…` and its like, of a link of the backend's. */
function isOwnSysctl(key: string): boolean {
  const [net, family, area, link, name, ...more] = key.split('/');
  return (
    net === 'net' &&
    (family === 'ipv4' || family === 'ipv6') &&
    (area === 'conf' || area === 'neigh') &&
    link !== undefined &&
    isBackendLink(link) &&
    name !== undefined &&
    more.length === 0
  );
}

function sysctlRefusal({ key }: { readonly key: string }): string {
  return `sysctl ${key}: a backend may set those of its own links only (net/ipv4/conf/poplin.…, net/ipv6/neigh/poplin.…)`;
}
