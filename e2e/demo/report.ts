import { type Lab, LabError, type Pod } from '../lab/index.js';
import type { Check } from './check.js';

/** The document that `--json` prints. */
export interface Report {
  /** True when every check passed. */
  readonly ok: boolean;
  readonly backend: string;
  readonly nodes: readonly NodeReport[];
  readonly pods: readonly PodReport[];
  readonly checks: readonly Check[];
}

/** A node of the demo. */
export interface NodeReport {
  readonly name: string;
  /** Its address on the underlay. */
  readonly address: string;
  /** The blocks that it owns. */
  readonly blocks: readonly string[];
}

/** A pod of the demo. */
export interface PodReport {
  readonly name: string;
  /** Name of its node. */
  readonly node: string;
  readonly ip: string;
  /** Milliseconds that ADD took, from the start of the shim to its exit. */
  readonly addMs: number;
}

/** Nodes with their blocks as `poplinctl blocks` tells them. */
export async function reportNodes(lab: Lab): Promise<readonly NodeReport[]> {
  const { status, stdout, stderr } = await lab.host('n1').poplinctl('blocks', '--json');
  if (status !== 0) throw new LabError(`poplinctl blocks: exit status ${status}: ${stderr}`);
  const blocks = (JSON.parse(stdout) as { blocks: { cidr: string; node: string }[] }).blocks;
  return lab.hosts.map(({ name, address }) => ({
    name,
    address,
    blocks: blocks.filter(({ node }) => node === name).map(({ cidr }) => cidr),
  }));
}

/** What is told of a pod. */
export function reportPod({ name, host, ip, addMs }: Pod): PodReport {
  return { name, node: host.name, ip, addMs: Math.round(addMs * 10) / 10 };
}
