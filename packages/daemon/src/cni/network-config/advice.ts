import type { Problem } from '../../config/index.js';

const ofTheCluster = 'belongs to the whole cluster: poplinctl config';

/** Keys that are right elsewhere, in the cluster's configuration or with the reference plugins, and what to write here. */
const advice: Readonly<Record<string, string>> = {
  'attach.mode': ofTheCluster,
  'attach.bridge': ofTheCluster,
  bridge: 'the name of the bridge is attach.bridge of the cluster: poplinctl config',
  mtu: 'write attach.mtu',
  hairpinMode: 'write attach.hairpin',
  ipMasq: 'write masquerade.enabled',
  isGateway: 'leave it out: a pod always has a gateway',
  isDefaultGateway: 'leave it out: the first interface of a pod always has the default route',
  portMappings: 'write capabilities.portMappings: true; the runtime sends the ports',
  sysctl: 'write sysctls',
};

/** A problem with better words, where somebody wrote the right thing in the wrong place. */
export function advised(problem: Problem): Problem {
  if (!problem.message.startsWith('unknown key')) return problem;
  const better = Object.hasOwn(advice, problem.path) ? advice[problem.path] : undefined;
  return better === undefined ? problem : { ...problem, message: `unknown key; ${better}` };
}
