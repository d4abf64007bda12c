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

const known: ReadonlySet<string> = new Set(knownKeys);

/** What CNI_ARGS say. */
export interface CniArgs {
  /** `namespace/name` of the pod, where the runtime tells both. */
  readonly pod?: string | undefined;
  /** Kubernetes' UID of the pod. */
  readonly podUid?: string | undefined;
  /** Addresses that the pod wants, unparsed, with commas between. */
  readonly ip?: string | undefined;
  /** MAC that the pod wants, unparsed. */
  readonly mac?: string | undefined;
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
    if (ignoreUnknown || known.has(key)) continue;
    throw invalidRequest(`CNI_ARGS: ${key}: ${unknownKeyMessage(key, knownKeys)}`);
  }
  const namespace = pairs.get('K8S_POD_NAMESPACE');
  const name = pairs.get('K8S_POD_NAME');
  return {
    pod: namespace && name ? `${namespace}/${name}` : undefined,
    podUid: pairs.get('K8S_POD_UID') || undefined,
    ip: pairs.get('IP') || undefined,
    mac: pairs.get('MAC') || undefined,
  };
}

function pairsOf(text: string): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  let start = 0;
  while (start < text.length) {
    const next = text.indexOf(';', start);
    const end = next < 0 ? text.length : next;
    if (end > start) takePair(text.slice(start, end), pairs);
    start = end + 1;
  }
  return pairs;
}

function takePair(pair: string, pairs: Map<string, string>): void {
  const equals = pair.indexOf('=');
  if (equals < 1 || pair.includes('=', equals + 1)) {
    throw invalidRequest(`CNI_ARGS has ${JSON.stringify(pair)} where KEY=VALUE belongs`);
  }
  const key = pair.slice(0, equals);
  const value = pair.slice(equals + 1);
  const earlier = pairs.get(key);
  if (earlier !== undefined && earlier !== value && known.has(key)) {
    throw invalidRequest(
      `CNI_ARGS has two values for ${key}: ${JSON.stringify(earlier)} and ${JSON.stringify(value)}`,
    );
  }
  pairs.set(key, value);
}

function booleanOf(text: string): boolean {
  const lower = text.toLowerCase();
  if (lower === '1' || lower === 'true') return true;
  if (lower === '0' || lower === 'false') return false;
  throw invalidRequest(
    `CNI_ARGS: IgnoreUnknown must be 1, true, 0 or false, not ${JSON.stringify(text)}`,
  );
}
