import { z } from 'zod';
import { AttachmentError } from './error.js';

/** A CNI call as it comes through the socket; the shapes of AddRequest and DelRequest. */
export interface CniCall {
  readonly containerId: string;
  readonly netns: string;
  readonly ifname: string;
  readonly args: string;
  readonly config: Uint8Array;
  readonly netnsDevice: bigint;
  readonly netnsInode: bigint;
}

/** CNI versions whose results Poplin can print, oldest first. */
export const cniVersions = ['0.3.1', '0.4.0', '1.0.0', '1.1.0'] as const;

/** One of {@link cniVersions}. */
export type CniVersion = (typeof cniVersions)[number];

/** What a CNI call says, checked. */
export interface AttachmentRequest {
  readonly containerId: string;
  readonly ifname: string;
  /** Path of the container's namespace; empty on a DEL that comes after it. */
  readonly netnsPath: string;
  readonly cniVersion: CniVersion;
  /** CNI network name. */
  readonly network: string;
  /** `namespace/name` of the pod, where CNI_ARGS tell. */
  readonly pod?: string | undefined;
}

/** The characters of a container id and of a network name (CNI spec 1.1.0, "Parameters"). */
const identifier = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/** `eth0`, but not `.`, `..`, nor anything with `/`, `:` or blanks (dev_valid_name in the kernel). */
const interfaceName = /^(?!\.{1,2}$)[^/:\s]{1,15}$/;

const networkConfig = z.object({
  cniVersion: z.enum(cniVersions),
  name: z.string().regex(identifier),
});

/**
 * Checks a CNI call.
 *
 * @throws {AttachmentError} INVALID_REQUEST for the environment, INVALID_NETWORK_CONFIG for the document.
 */
export function parseCniCall(call: CniCall): AttachmentRequest {
  if (!identifier.test(call.containerId)) {
    throw invalid(`CNI_CONTAINERID "${call.containerId}" is not a container id`);
  }
  if (!interfaceName.test(call.ifname) || Buffer.byteLength(call.ifname) > 15) {
    throw invalid(`CNI_IFNAME "${call.ifname}" is not an interface name of 1 to 15 bytes`);
  }
  const config = parseNetworkConfig(call.config);
  return {
    containerId: call.containerId,
    ifname: call.ifname,
    netnsPath: call.netns,
    cniVersion: config.cniVersion,
    network: config.name,
    pod: podOf(parseCniArgs(call.args)),
  };
}

function parseNetworkConfig(bytes: Uint8Array): z.infer<typeof networkConfig> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new AttachmentError('INVALID_NETWORK_CONFIG', 'the network configuration is not JSON', {
      cause,
    });
  }
  const parsed = networkConfig.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new AttachmentError(
    'INVALID_NETWORK_CONFIG',
    `the network configuration is not valid at "${issue?.path.join('.') ?? ''}": ${issue?.message ?? ''}`,
    { cause: parsed.error },
  );
}

/**
 * Takes CNI_ARGS apart: `K=V;K=V`, each pair with exactly one `=`.
 *
 * @throws {AttachmentError} INVALID_REQUEST when a pair has none or several.
 */
export function parseCniArgs(text: string): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  for (const pair of text.split(';').filter((part) => part !== '')) {
    const [key, value, ...more] = pair.split('=');
    if (!key || value === undefined || more.length > 0) {
      throw invalid(`CNI_ARGS has "${pair}" where KEY=VALUE belongs`);
    }
    pairs.set(key, value);
  }
  return pairs;
}

function podOf(args: ReadonlyMap<string, string>): string | undefined {
  const namespace = args.get('K8S_POD_NAMESPACE');
  const name = args.get('K8S_POD_NAME');
  return namespace && name ? `${namespace}/${name}` : undefined;
}

function invalid(message: string): AttachmentError {
  return new AttachmentError('INVALID_REQUEST', message);
}
