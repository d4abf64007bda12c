import { Command, InvalidArgumentError, Option } from 'commander';
import {
  type AttachMode,
  type Families,
  knownBackends,
  maxHosts,
  maxSubnets,
} from '../lab/index.js';

/** What the demo is asked to do. */
export interface DemoOptions {
  readonly json: boolean;
  readonly nodes: number;
  /** Pods per node. */
  readonly pods: number;
  readonly backend: string;
  readonly attach: AttachMode;
  /** Families of nodes and pods. */
  readonly family: Families;
  /** Into how many the nodes are divided. */
  readonly subnets: number;
  readonly keep: boolean;
  readonly stop: boolean;
}

/** Most pods per node: a block of /26 and some growth, in a time that a person waits. */
const maxPods = 100;

/** Reads the command line; ends the process with a message when it makes no sense. */
export function parseOptions(argv: readonly string[], command = demoCommand()): DemoOptions {
  const options = command.parse(argv).opts<DemoOptions>();
  if (options.subnets > options.nodes)
    command.error(
      `error: ${options.subnets} subnets need as many nodes, not ${options.nodes}. Add --nodes ${options.subnets}.`,
    );
  return options;
}

/** The command line of the demo. */
export function demoCommand(): Command {
  return new Command('npm run demo --')
    .description(
      'Starts nodes as network namespaces with a real poplind each, attaches pods with the real shim, and proves the Kubernetes network model.',
    )
    .option('--json', 'print one JSON document on standard output, nothing else', false)
    .option('--nodes <count>', `how many nodes, 1–${maxHosts}`, countUpTo(maxHosts), 3)
    .option('--pods <count>', 'how many pods per node', countUpTo(maxPods), 2)
    .option('--backend <name>', 'how nodes reach each other', knownBackend, 'host-gw')
    .addOption(
      new Option('--attach <mode>', 'how pods are attached')
        .choices(['routed', 'bridge'])
        .default('routed'),
    )
    .addOption(
      new Option('--family <families>', 'families of the addresses of nodes and pods')
        .choices(['ipv4', 'ipv6', 'dual'])
        .default('ipv4'),
    )
    .option(
      '--subnets <count>',
      `subnets that the nodes are divided into, 1–${maxSubnets}; a router between them drops packets of pods that no tunnel carries`,
      countUpTo(maxSubnets),
      1,
    )
    .option('--keep', 'leave everything running', false)
    .option('--stop', 'take away what an earlier run left, and do nothing else', false)
    .allowExcessArguments(false);
}

function countUpTo(most: number): (text: string) => number {
  return (text) => {
    const count = Number(text);
    if (/^\d+$/.test(text) && count >= 1 && count <= most) return count;
    throw new InvalidArgumentError(`It is a whole number from 1 to ${most}.`);
  };
}

function knownBackend(name: string): string {
  const known = knownBackends();
  if (known.includes(name)) return name;
  throw new InvalidArgumentError(`There is no such backend here; there is: ${known.join(', ')}.`);
}
