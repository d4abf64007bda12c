import { unknownKeyMessage } from '../config/index.js';
import { invalidRequest } from './call.js';

/** Keys of CNI_ARGS that mean something here, or that runtimes always send. */
const knownKeys = [
  'IgnoreUnknown',
  'K8S_POD_NAMESPACE',
  'K8S_POD_NAME',
  'K8S_POD_INFRA_CONTAINER_ID',
  'K8S_POD_UID',
  'IP',
  'MAC',
  'GATEWAY',
] as const;

type KnownKey = (typeof knownKeys)[number];

/** What CNI_ARGS say. */
export interface CniArgs {
  /** `namespace/name` of the pod, where the runtime tells both. */
  readonly pod?: string;
  /** Kubernetes' UID of the pod. */
  readonly podUid?: string;
  /** Addresses that the pod wants, unparsed, with commas between. */
  readonly ip?: string;
  /** MAC that the pod wants, unparsed. */
  readonly mac?: string;
}

/**
 * Reads CNI_ARGS: `K=V;K=V`, each pair with exactly one `=`. Keys that nobody knows are refused unless `IgnoreUnknown`
 * is true. GATEWAY is taken and ignored: the gateway of a pod is Poplin's own. An empty value says nothing.
 *
 * @throws {CniCallError} INVALID_REQUEST.
 */
export function parseCniArgs(text: string): CniArgs {
  const pairs = pairsOf(text);
  const ignoreUnknown = booleanOf(pairs.get('IgnoreUnknown') ?? '0');
  for (const key of pairs.keys()) {
    if (ignoreUnknown || isKnown(key)) continue;
    throw invalidRequest(`CNI_ARGS: ${key}: ${unknownKeyMessage(key, knownKeys)}`);
  }
  const value = (key: KnownKey) => pairs.get(key) || undefined;
  const [namespace, name, podUid] = [
    value('K8S_POD_NAMESPACE'),
    value('K8S_POD_NAME'),
    value('K8S_POD_UID'),
  ];
  const [ip, mac] = [value('IP'), value('MAC')];
  return {
    ...(namespace !== undefined && name !== undefined && { pod: `${namespace}/${name}` }),
    ...(podUid !== undefined && { podUid }),
    ...(ip !== undefined && { ip }),
    ...(mac !== undefined && { mac }),
  };
}

function pairsOf(text: string): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  for (const pair of text.split(';').filter((part) => part !== '')) {
    const [key, value, ...more] = pair.split('=');
    if (!key || value === undefined || more.length > 0) {
      throw invalidRequest(`CNI_ARGS has ${JSON.stringify(pair)} where KEY=VALUE belongs`);
    }
    const earlier = pairs.get(key);
    if (earlier !== undefined && earlier !== value && isKnown(key)) {
      throw invalidRequest(
        `CNI_ARGS has two values for ${key}: ${JSON.stringify(earlier)} and ${JSON.stringify(value)}`,
      );
    }
    pairs.set(key, value);
  }
  return pairs;
}

function isKnown(key: string): boolean {
  return knownKeys.some((known) => known === key);
}

function booleanOf(text: string): boolean {
  const lower = text.toLowerCase();
  if (lower === '1' || lower === 'true') return true;
  if (lower === '0' || lower === 'false') return false;
  throw invalidRequest(
    `CNI_ARGS: IgnoreUnknown must be 1, true, 0 or false, not ${JSON.stringify(text)}`,
  );
}
