import { type AttachMode, type Families, type Lab, LabError, type Pod } from '../lab/index.js';
import type { Check } from './check.js';

/** The document that `--json` prints. */
export interface Report {
  /** True when every check passed. */
  readonly ok: boolean;
  readonly backend: string;
  readonly attach: AttachMode;
  readonly underlay: UnderlayReport;
  readonly nodes: readonly NodeReport[];
  readonly pods: readonly PodReport[];
  readonly checks: readonly Check[];
}

/** The network between the nodes. */
export interface UnderlayReport {
  /** Families of its addresses, which the pods have, too. */
  readonly family: Families;
  /** Each with its prefixes; with more than one there is a router between them. */
  readonly subnets: readonly (readonly string[])[];
}

/** A node of the demo. */
export interface NodeReport {
  readonly name: string;
  /** The first of its addresses on the underlay. */
  readonly address: string;
  /** All of them, one of each family. */
  readonly addresses: readonly string[];
  /** The blocks that it owns. */
  readonly blocks: readonly string[];
}

/** A pod of the demo. */
export interface PodReport {
  readonly name: string;
  /** Name of its node. */
  readonly node: string;
  /** The first of its addresses. */
  readonly ip: string;
  /** All of them, one of each family. */
  readonly ips: readonly string[];
  /** Milliseconds that ADD took, from the start of the shim to its exit. */
  readonly addMs: number;
}

/** Nodes with their blocks as `poplinctl blocks` tells them. */
export async function reportNodes(lab: Lab): Promise<readonly NodeReport[]> {
  const { status, stdout, stderr } = await lab.host('n1').poplinctl('blocks', '--json');
  if (status !== 0) throw new LabError(`poplinctl blocks: exit status ${status}: ${stderr}`);
  const blocks = (JSON.parse(stdout) as { blocks: { cidr: string; node: string }[] }).blocks;
  return lab.hosts.map(({ name, address, addresses }) => ({
    name,
    address,
    addresses,
    blocks: blocks.filter(({ node }) => node === name).map(({ cidr }) => cidr),
  }));
}

/** What is told of a pod. */
export function reportPod({ name, host, ip, ips, addMs }: Pod): PodReport {
  return { name, node: host.name, ip, ips, addMs: Math.round(addMs * 10) / 10 };
}

/** What is told of the network between the nodes. */
export function reportUnderlay({ underlay: { plan } }: Lab): UnderlayReport {
  const subnets = plan.subnets.map(({ prefixes }) => prefixes.map(({ cidr }) => cidr));
  return { family: plan.family, subnets };
}
