import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Family,
  type Host,
  Lab,
  LabProcess,
  mapParallel,
  type Pod,
  waitUntil,
} from '../../lab/index.js';
import { familyOf, type Way, ways, wrongLinks } from './cell.js';

/** Bytes that a backend adds to a packet (docs/backends.md). */
const overhead: Readonly<Record<string, Readonly<Record<Family, number>>>> = {
  'host-gw': { ipv4: 0, ipv6: 0 },
  vxlan: { ipv4: 50, ipv6: 70 },
  udp: { ipv4: 28, ipv6: 48 },
};

/** Bytes of IP and ICMP headers: what ping adds to the size that it is given. */
const pingHeaders: Readonly<Record<Family, number>> = { ipv4: 28, ipv6: 48 };

const tried = ways.filter(({ name }) => name in overhead).map((way) => [way.name, way] as const);

const mtus = { n1: 1500, n2: 9000, n3: 1400 } as const;

describe.each(tried)('underlays of 1500, 9000 and 1400 bytes, over %s', (_name, way) => {
  let lab: Lab;
  let pods: readonly Pod[];

  beforeAll(async () => {
    lab = await Lab.create({ nodes: 3, family: 'dual', mtu: mtus, ...way });
    pods = await lab.addPods(1);
    expect(await wrongLinks(lab, pods, way)).toEqual([]);
    await startHashers(lab, pods);
  });

  afterAll(() => lab?.[Symbol.asyncDispose]());

  it.each(['ipv4', 'ipv6'] as const)(
    'pass exactly what fits between two pods, %s',
    async (family) => {
      for (const [from, to] of pairsOf(pods)) {
        const limit = fitting(from.host, to.host, way, family);
        const [ip = ''] = to.ips.filter((one) => familyOf(one) === family);
        expect(
          await pingOf(from, ip, limit),
          `${from.name} to ${to.name}, ${limit} bytes`,
        ).toMatchObject({ status: 0 });
      }
    },
  );

  it.each(['ipv4', 'ipv6'] as const)('answer one byte more with what fits, %s', async (family) => {
    for (const [from, to] of pairsOf(pods)) {
      const limit = fitting(from.host, to.host, way, family);
      const [ip = ''] = to.ips.filter((one) => familyOf(one) === family);
      const { status, said } = await pingOf(from, ip, limit + 1);
      expect(status, `${from.name} to ${to.name}`).not.toBe(0);
      // The pod itself says so where its own link takes no more, else the node that it is on.
      expect(said, `${from.name} to ${to.name}`).toMatch(new RegExp(`mtu ?[:=] ?${limit}\\b`));
    }
  });

  it('let TCP carry a megabyte between all pods, in both families', async () => {
    for (const [from, to] of pairsOf(pods))
      for (const ip of to.ips)
        expect(await hashSentTo(from, ip), `${from.name} to ${ip}`).toBe(hash);
  });
});

describe.each(tried.filter(([name]) => name !== 'host-gw'))(
  'a router whose links have 1400 bytes, between hosts of 1500, over %s',
  (_name, way) => {
    it('is found out: TCP gets through in both families, also when its links get smaller still', async () => {
      const shape = { nodes: 2, subnets: 2, family: 'dual', routerMtu: 1400 } as const;
      await using lab = await Lab.create({ ...shape, ...way });
      const pods = await lab.addPods(1);
      expect(await wrongLinks(lab, pods, way)).toEqual([]);
      await startHashers(lab, pods);
      // Not less than what leaves 1280 bytes to IPv6 (RFC 8200, section 5).
      for (const mtu of [1400, 1360]) {
        await lab.underlay.setRouterMtu(mtu);
        for (const [from, to] of pairsOf(pods))
          for (const ip of to.ips) {
            const what = `${from.name} to ${ip} by ${mtu}`;
            expect(await hashSentTo(from, ip), what).toBe(hash);
            const family = familyOf(ip);
            const limit = mtu - (overhead[way.name]?.[family] ?? 0);
            expect(await pingOf(from, ip, limit), what).toMatchObject({ status: 0 });
          }
      }
    });
  },
);

/** The largest packet of a family that goes from one node's pods to the other's. */
function fitting(from: Host, to: Host, { name }: Way, family: Family): number {
  return Math.min(from.planned.mtu, to.planned.mtu) - (overhead[name]?.[family] ?? 0);
}

function pairsOf(pods: readonly Pod[]): readonly (readonly [Pod, Pod])[] {
  return pods.flatMap((from) => pods.filter((to) => to !== from).map((to) => [from, to] as const));
}

/** One ping of so many bytes, headers and all, that must not be fragmented, by a pod that remembers no path MTU. */
async function pingOf({ namespace }: Pod, ip: string, bytes: number) {
  const family = familyOf(ip);
  await namespace.must(['ip', family === 'ipv4' ? '-4' : '-6', 'route', 'flush', 'cache']);
  const size = String(bytes - pingHeaders[family]);
  const { status, stdout, stderr } = await namespace.execute([
    ...['ping', '-n', '-c1', '-W2', '-M', 'do', '-s', size, ip],
  ]);
  return { status, said: stdout + stderr };
}

const port = 7778;
const payload = 'what is sent must come out whole '.repeat(32_768);
const hash = createHash('sha256').update(payload).digest('hex');

/** Starts in each pod, for each family, a server that answers all it is sent with its hash. */
async function startHashers(lab: Lab, pods: readonly Pod[]): Promise<void> {
  await mapParallel(pods, 3, async ({ name, namespace }) => {
    await LabProcess.start({
      name: `hasher ${name}`,
      lab: lab.id,
      namespace,
      argv: ['socat', `TCP6-LISTEN:${port},fork,reuseaddr,ipv6-v6only=0`, 'EXEC:sha256sum'],
      log: `${lab.folder}/hasher-${name}.log`,
    });
    const listens = ['ss', '-Hltn', `sport = :${port}`];
    await waitUntil(`${name} listens`, async () => (await namespace.must(listens)) !== '');
  });
}

/** What the server at this address makes of the payload; what socat says where it gets no answer. */
async function hashSentTo({ namespace }: Pod, ip: string): Promise<string> {
  const target = `TCP:${familyOf(ip) === 'ipv6' ? `[${ip}]` : ip}:${port},connect-timeout=5`;
  const { stdout, stderr } = await namespace.execute(['socat', '-t20', '-', target], {
    input: payload,
  });
  return stdout.split(' ')[0] || stderr || 'no answer';
}
