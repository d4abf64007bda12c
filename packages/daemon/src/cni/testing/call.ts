import type { CniCall } from '../call.js';
import { CniCallError } from '../error.js';
import type { AttachmentDefaults } from '../options/attachment-options.js';
import { parseAddCall } from '../request/add.js';

/** What a cluster with IPv4 alone says. */
export const defaults: AttachmentDefaults = {
  mtu: 1450,
  hairpin: true,
  isolation: false,
  masquerade: true,
  families: ['ipv4'],
};

/** A configuration of the network `poplin`, with keys added or replaced. */
export function config(keys: Readonly<Record<string, unknown>> = {}): Uint8Array {
  return Buffer.from(JSON.stringify({ cniVersion: '1.1.0', name: 'poplin', ...keys }));
}

/** A call as containerd makes it, with parts replaced. */
export function call(parts: Partial<CniCall> = {}): CniCall {
  return {
    containerId: 'a'.repeat(64),
    netns: '/run/netns/cni-1',
    ifname: 'eth0',
    args: 'IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=cart-0',
    config: config(),
    netnsDevice: 4n,
    netnsInode: 42n,
    callerPid: 77,
    netnsFd: 5,
    ...parts,
  };
}

/** What an ADD with these keys in its configuration is to make. */
export function optionsOf(
  keys: Readonly<Record<string, unknown>>,
  { args, ...others }: { readonly args?: string } & Partial<AttachmentDefaults> = {},
) {
  const parts = { config: config(keys), ...(args !== undefined && { args }) };
  return parseAddCall(call(parts), { ...defaults, ...others }).options;
}

/** Code and message of the error that something is refused with. */
export function refusal(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    if (error instanceof CniCallError) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'not refused';
}
