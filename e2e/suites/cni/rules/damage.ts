import { expect } from 'vitest';
import {
  type CniResult,
  type cniVersions,
  hostLinkOf,
  ipOf,
  type NetworkConfig,
  refusalOf,
  type Scenario,
  type Stage,
  type Subject,
  withCheck,
} from '../stage/index.js';

/** A pod that a CHECK can be asked about. */
export interface Checked {
  readonly stage: Stage;
  readonly subject: Subject;
  readonly result: CniResult;
  /** The configuration of the ADD with its result, as a runtime keeps it for CHECK and DEL. */
  readonly config: NetworkConfig;
}

/** What a CHECK of a damaged pod answers: the code for "differs" of docs/errors.md. */
export const differs = 107;

/** Damage that CHECK has to see; each is done by hand, with the tools of the kernel. */
interface Damage {
  readonly number: number;
  readonly what: string;
  readonly change?: NetworkConfig;
  readonly harm: (pod: Checked) => Promise<unknown>;
  /** Whether all is well again: the daemon mends by itself what is the host's, and may be faster than CHECK. */
  readonly isMended?: (pod: Checked) => Promise<boolean>;
}

const inPod = ({ subject }: Checked, ...argv: readonly string[]) => subject.namespace.must(argv);
const inHost = ({ stage }: Checked, ...argv: readonly string[]) => stage.host.namespace.must(argv);

const hostShows = async (pod: Checked, what: RegExp, ...argv: readonly string[]) =>
  what.test((await pod.stage.host.namespace.execute(argv)).stdout);
const isOnBridge = (pod: Checked) =>
  hostShows(pod, /master poplin0/, 'ip', 'link', 'show', 'dev', hostLinkOf(pod.result));

export const everywhere: readonly Damage[] = [
  {
    number: 50,
    what: 'has lost its default route',
    harm: (pod) => inPod(pod, 'ip', 'route', 'del', 'default'),
  },
  {
    number: 51,
    what: 'has lost its address',
    harm: (pod) => inPod(pod, 'ip', 'address', 'flush', 'dev', 'eth0', 'scope', 'global'),
  },
  {
    number: 51,
    what: 'has lost its interface',
    harm: (pod) => inPod(pod, 'ip', 'link', 'del', 'eth0'),
  },
  {
    number: 51,
    what: 'has its interface down',
    harm: (pod) => inPod(pod, 'ip', 'link', 'set', 'eth0', 'down'),
  },
  {
    number: 51,
    what: 'has another MAC than its result says',
    harm: (pod) => inPod(pod, 'ip', 'link', 'set', 'eth0', 'address', '02:00:00:00:00:09'),
  },
  {
    number: 51,
    what: 'has lost the neighbour that leads to its gateway',
    harm: (pod) => inPod(pod, 'ip', 'neighbour', 'del', '169.254.1.1', 'dev', 'eth0'),
  },
];

export const routed: readonly Damage[] = [
  {
    number: 51,
    what: "has the host's end down",
    harm: (pod) => inHost(pod, 'ip', 'link', 'set', hostLinkOf(pod.result), 'down'),
    isMended: (pod) =>
      hostShows(pod, /state UP/, 'ip', 'link', 'show', 'dev', hostLinkOf(pod.result)),
  },
];

export const bridged: readonly Damage[] = [
  {
    number: 51,
    what: "has the host's end detached from the bridge",
    harm: (pod) => inHost(pod, 'ip', 'link', 'set', hostLinkOf(pod.result), 'nomaster'),
    isMended: isOnBridge,
  },
  {
    number: 51,
    what: 'has lost its bridge',
    harm: (pod) => inHost(pod, 'ip', 'link', 'del', 'poplin0'),
    isMended: isOnBridge,
  },
];

export function damageScenario({ number, what, change, harm, isMended }: Damage): Scenario {
  return {
    number,
    rule: `CHECK of a pod that ${what} fails with code ${differs}${isMended ? ' unless it is mended' : ''}`,
    versions: withCheck,
    run: async (stage, version) => {
      const pod = await attach(stage, version, change);
      await harm(pod);
      const answer = await stage.call('CHECK', pod.subject, pod.config);
      if (isMended && answer.status === 0) expect(await isMended(pod)).toBe(true);
      else expect(refusalOf(answer)).toMatchObject({ code: differs });
    },
  };
}

/** What CHECK has to see of the features beside the interface. */
export const removals: readonly Damage[] = [
  {
    number: 52,
    what: 'has lost its host port',
    change: {
      capabilities: { portMappings: true },
      runtimeConfig: { portMappings: [{ hostPort: 8080, containerPort: 80, protocol: 'tcp' }] },
    },
    harm: (pod) => deleteElements(pod, '8080'),
    isMended: (pod) => hostShows(pod, /8080/, 'nft', 'list', 'table', 'inet', 'poplin'),
  },
  {
    number: 52,
    what: 'has lost its limit',
    change: { bandwidth: { ingressRate: 1_000_000, ingressBurst: 1_000_000 } },
    harm: (pod) => inHost(pod, 'tc', 'qdisc', 'del', 'dev', hostLinkOf(pod.result), 'root'),
    isMended: (pod) => hostShows(pod, /tbf/, 'tc', 'qdisc', 'show', 'dev', hostLinkOf(pod.result)),
  },
  {
    number: 52,
    what: 'has lost its masquerading',
    harm: (pod) => inHost(pod, 'nft', 'flush', 'chain', 'inet', 'poplin', 'postrouting'),
    isMended: (pod) => hostShows(pod, /masquerade/, 'nft', 'list', 'table', 'inet', 'poplin'),
  },
];

export async function attach(
  stage: Stage,
  version: (typeof cniVersions)[number],
  change: NetworkConfig = {},
): Promise<Checked> {
  const subject = await stage.subject();
  const plain = stage.config(version, change);
  const result = await stage.add(subject, plain);
  expect(ipOf(result)).toMatch(/\./);
  return { stage, subject, result, config: { ...plain, prevResult: result } };
}

/** Deletes every element of every map of Poplin in which a word occurs. */
async function deleteElements(pod: Checked, word: string): Promise<void> {
  const ruleset = await inHost(pod, 'nft', '-j', 'list', 'table', 'inet', 'poplin');
  const { nftables } = JSON.parse(ruleset) as {
    readonly nftables: readonly {
      readonly map?: { readonly name: string; readonly elem?: readonly unknown[] };
    }[];
  };
  const found = nftables.flatMap(({ map }) =>
    (map?.elem ?? [])
      .filter((elem) => JSON.stringify(elem).includes(word))
      .map((elem) => ({
        delete: { element: { family: 'inet', table: 'poplin', name: map?.name, elem: [elem] } },
      })),
  );
  expect(found, ruleset).not.toEqual([]);
  // As an argument: nft opens /dev/stdin, and a socket cannot be opened.
  await inHost(pod, 'nft', '-j', JSON.stringify({ nftables: found }));
}
