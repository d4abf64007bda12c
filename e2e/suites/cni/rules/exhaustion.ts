import { expect } from 'vitest';
import { waitUntil } from '../../../lab/index.js';
import {
  type cniVersions,
  type Group,
  ipOf,
  newest,
  resultOf,
  type Scenario,
  type Stage,
  type Subject,
} from '../stage/index.js';

/** A pool of eight addresses: six for pods where network and broadcast address count. */
const small = {
  pools: [{ cidr: '10.9.0.0/29', blockSize: 29 }],
  cluster: { ipam: { coolDownSeconds: 1 } },
};

/** The pod's own prefix is of 32 bits: no address of a block is special, so all are handed out (docs/cni.md). */
const scenarios: readonly Scenario[] = [
  {
    number: 57,
    rule: 'a full pool refuses with code 102, which names the pool; a DEL makes an ADD succeed once the address has cooled down',
    versions: newest,
    run: async (stage, version) => {
      const { pods, refusal } = await fill(stage, version);
      expect(refusal).toMatchObject({ code: 102, msg: expect.stringContaining('10.9.0.0/29') });
      expect(new Set(pods.map(({ ip }) => ip)).size).toBe(pods.length);
      const [first] = pods;
      if (!first) throw new TypeError('a pool has an address');
      await stage.del(first.subject, stage.config(version));
      const next = await stage.subject();
      await waitUntil(
        'the address has cooled down',
        async () => (await stage.call('ADD', next, stage.config(version))).status === 0,
      );
    },
  },
  {
    number: 57,
    rule: 'STATUS is 50 while the pool is exhausted, and succeeds when an address is free again',
    versions: newest,
    run: async (stage, version) => {
      const subject = await stage.subject();
      await stage.succeed('STATUS', subject, stage.config(version));
      const { pods } = await fill(stage, version);
      const refusal = await stage.refuse('STATUS', subject, stage.config(version));
      expect(refusal).toMatchObject({ code: 50, msg: expect.stringContaining('10.9.0.0/29') });
      for (const pod of pods) await stage.del(pod.subject, stage.config(version));
      await waitUntil(
        'the addresses have cooled down',
        async () => (await stage.call('STATUS', subject, stage.config(version))).status === 0,
      );
    },
  },
];

interface Filled {
  readonly pods: readonly { readonly subject: Subject; readonly ip: string }[];
  readonly refusal: unknown;
}

/** ADDs until one is refused. */
async function fill(stage: Stage, version: (typeof cniVersions)[number]): Promise<Filled> {
  const pods: { subject: Subject; ip: string }[] = [];
  for (let number = 0; number <= 8; number++) {
    const subject = await stage.subject();
    const answer = await stage.call('ADD', subject, stage.config(version));
    if (answer.status !== 0) return { pods, refusal: JSON.parse(answer.stdout) };
    pods.push({ subject, ip: ipOf(resultOf(answer)) });
  }
  throw new TypeError('a pool of eight addresses served nine pods');
}

/** What a node without free addresses does. Each rule has a pool of its own to use up. */
export const exhaustion: readonly Group[] = scenarios.map((scenario) => ({
  title: 'a pool of eight addresses',
  lab: small,
  isVirgin: true,
  scenarios: [scenario],
}));
