import { expect } from 'vitest';
import {
  type CniResult,
  type cniVersions,
  type Group,
  hostLinkOf,
  ipOf,
  type NetworkConfig,
  newest,
  refusalOf,
  type Scenario,
  type Stage,
  type Subject,
  withCheck,
} from '../stage/index.js';

/** A pod that a CHECK can be asked about. */
interface Checked {
  readonly stage: Stage;
  readonly subject: Subject;
  readonly result: CniResult;
  /** The configuration of the ADD with its result, as a runtime keeps it for CHECK and DEL. */
  readonly config: NetworkConfig;
}

/** What a CHECK of a damaged pod answers: the code for "differs" of docs/errors.md. */
const differs = 107;

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

const everywhere: readonly Damage[] = [
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

const routed: readonly Damage[] = [
  {
    number: 51,
    what: "has the host's end down",
    harm: (pod) => inHost(pod, 'ip', 'link', 'set', hostLinkOf(pod.result), 'down'),
    isMended: (pod) =>
      hostShows(pod, /state UP/, 'ip', 'link', 'show', 'dev', hostLinkOf(pod.result)),
  },
];

const bridged: readonly Damage[] = [
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

function damageScenario({ number, what, change, harm, isMended }: Damage): Scenario {
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

/** CHECK: CNI spec 1.1.0, "CHECK". */
const scenarios: readonly Scenario[] = [
  {
    number: 48,
    rule: 'CHECK right after ADD succeeds',
    versions: withCheck,
    run: async (stage, version) => {
      const { subject, config } = await attach(stage, version);
      await stage.succeed('CHECK', subject, config);
    },
  },
  {
    number: 49,
    rule: 'CHECK without prevResult is refused with code 7',
    versions: withCheck,
    run: async (stage, version) => {
      const { subject } = await attach(stage, version);
      const refusal = await stage.refuse('CHECK', subject, stage.config(version));
      expect(refusal).toMatchObject({ code: 7, msg: expect.stringContaining('prevResult') });
    },
  },
  {
    number: 50,
    rule: 'CHECK succeeds again once the default route is back',
    versions: withCheck,
    run: async (stage, version) => {
      const { subject, config } = await attach(stage, version);
      const [route = ''] = (await subject.namespace.must(['ip', 'route', 'show', 'default'])).split(
        '\n',
      );
      await subject.namespace.must(['ip', 'route', 'del', 'default']);
      expect((await stage.refuse('CHECK', subject, config)).code).toBe(differs);
      await subject.namespace.must(['ip', 'route', 'add', ...route.trim().split(/\s+/)]);
      await stage.succeed('CHECK', subject, config);
    },
  },
  {
    number: 53,
    rule: 'CHECK of what was never added, or has been deleted, fails with code 3',
    versions: withCheck,
    run: async (stage, version) => {
      const { subject, config } = await attach(stage, version);
      expect((await stage.refuse('CHECK', await stage.subject(), config)).code).toBe(3);
      await stage.del(subject, config);
      expect((await stage.refuse('CHECK', subject, config)).code).toBe(3);
    },
  },
  {
    number: 54,
    rule: `CHECK fails with code ${differs} when a later plugin changed the MAC, even when the result says so: the neighbours are permanent`,
    versions: withCheck,
    run: async (stage, version) => {
      const { subject, config, result } = await attach(stage, version);
      const mac = '02:00:00:00:00:0a';
      await subject.namespace.must(['ip', 'link', 'set', 'eth0', 'address', mac]);
      const interfaces = result.interfaces.map((one) =>
        one.name === 'eth0' ? { ...one, mac } : one,
      );
      const prevResult = { ...result, interfaces };
      const refusal = await stage.refuse('CHECK', subject, { ...config, prevResult });
      expect(refusal).toMatchObject({ code: differs, msg: expect.stringContaining('neighbour') });
    },
  },
  {
    number: 54,
    rule: 'CHECK succeeds when a later plugin changed the MTU and the result says so',
    versions: ['1.1.0'],
    run: async (stage, version) => {
      const { subject, config, result } = await attach(stage, version);
      await subject.namespace.must(['ip', 'link', 'set', 'eth0', 'mtu', '1400']);
      const interfaces = result.interfaces.map((one) =>
        one.name === 'eth0' ? { ...one, mtu: 1400 } : one,
      );
      await stage.succeed('CHECK', subject, { ...config, prevResult: { ...result, interfaces } });
    },
  },
  {
    number: 54,
    rule: 'CHECK succeeds when a later plugin added a route and the result says so',
    versions: withCheck,
    run: async (stage, version) => {
      const { subject, config, result } = await attach(stage, version);
      const route = ['172.31.0.0/16', 'via', '169.254.1.1', 'dev', 'eth0', 'onlink'];
      await subject.namespace.must(['ip', 'route', 'add', ...route]);
      const routes = [...(result.routes ?? []), { dst: '172.31.0.0/16', gw: '169.254.1.1' }];
      await stage.succeed('CHECK', subject, { ...config, prevResult: { ...result, routes } });
    },
  },
  {
    number: 54,
    rule: 'CHECK succeeds when another plugin put an interface of its own into the result',
    versions: withCheck,
    run: async (stage, version) => {
      const { subject, config, result } = await attach(stage, version);
      const interfaces = [...result.interfaces, { name: 'ifb-of-somebody' }];
      const prevResult = { ...result, interfaces };
      await stage.succeed('CHECK', subject, { ...config, prevResult });
    },
  },
  {
    number: 55,
    rule: 'CHECK while the daemon is away fails with code 11',
    versions: newest,
    run: async (stage, version) => {
      const { subject, config } = await attach(stage, version);
      await stage.host.stop();
      expect((await stage.refuse('CHECK', subject, config)).code).toBe(11);
    },
  },
];

/** What CHECK has to see of the features beside the interface. */
const removals: readonly Damage[] = [
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

async function attach(
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

/** CHECK. */
export const check: readonly Group[] = [
  {
    title: 'CHECK of a routed pod',
    scenarios: [...scenarios, ...[...everywhere, ...routed, ...removals].map(damageScenario)],
  },
  {
    title: 'CHECK of a bridged pod',
    lab: { attach: 'bridge' },
    scenarios: [
      ...scenarios.filter(({ number }) => number === 48),
      ...[...everywhere, ...bridged].map(damageScenario),
    ],
  },
];
