import { hostGw } from '@poplin/backend-host-gw';
import { vxlan } from '@poplin/backend-vxlan';
import { describe, expect, it } from 'vitest';
import { twoNodes } from '../backend/testing/two-nodes.js';
import { canBeChecked } from './entry.js';
import { pathsOf } from './path.js';
import { dropOnArrival, dropUnfinishedChecksums } from './testing/broken-checksums.js';
import { type NodeCheck, nodeCheck, settled, until } from './testing/node-check.js';

const [a4, b4, a6, b6] = ['192.168.7.1', '192.168.7.2', 'fd77::1', 'fd77::2'];
const dual = {
  addresses: [
    [a4, a6],
    [b4, b6],
  ],
  rpFilter: 1,
} as const;
const four = { addresses: [[a4], [b4]], rpFilter: 1 } as const;

/** Runs both nodes' checks until both know. */
async function checked(nodes: Awaited<ReturnType<typeof twoNodes>>) {
  const [one, other] = nodes.plans;
  const [a, b] = [nodeCheck(nodes.a, one), nodeCheck(nodes.b, other)];
  const dispose = async (): Promise<void> => {
    await Promise.all([a[Symbol.asyncDispose](), b[Symbol.asyncDispose]()]);
  };
  try {
    await Promise.all([settled(a), settled(b)]);
    return { a, b, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** Waits for verdicts: the first check of a node may come before the other one answers. */
async function become(check: NodeCheck, verdicts: readonly string[]): Promise<void> {
  const found = () => check.report.findings.paths.map(({ verdict }) => verdict);
  await until(() => found().join() === verdicts.join()).catch(() => {});
  expect(found()).toEqual(verdicts);
}

describe('the path check finds that packets get through', () => {
  it.each([
    ['vxlan over both families', vxlan, dual, ['works', 'works']],
    ['vxlan over IPv4', vxlan, four, ['works', 'works']],
    ['vxlan over IPv6', vxlan, { ...dual, addresses: [[a6], [b6]] }, ['unknown', 'works']],
    ['host-gw', hostGw, dual, ['works', 'works']],
  ] as const)('%s', async (_, backend, options, verdicts) => {
    using nodes = await twoNodes(backend as typeof vxlan, {}, options);
    await using checks = await checked(nodes);
    for (const check of [checks.a, checks.b]) {
      await become(check, verdicts);
      const { report } = check;
      const { checksums } = report.findings;
      expect(checksums).toEqual([]);
      expect(report.problems).toEqual([]);
      expect(report.told).toEqual([]);
    }
  });

  it('through the tunnel and not beside it', async () => {
    using nodes = await twoNodes(vxlan, {}, dual);
    nodes.b.onNode('nft', 'add table inet beside');
    nodes.b.onNode('nft', 'add chain inet beside in { type filter hook input priority 0; }');
    nodes.b.onNode('nft', 'add rule inet beside in iifname eth0 udp dport != 8472 drop');
    nodes.b.onNode('nft', 'add rule inet beside in iifname eth0 meta l4proto tcp drop');
    await using checks = await checked(nodes);
    await become(checks.a, ['works', 'works']);
  });
});

describe('the path check tells', () => {
  it('that packets of full length are lost, and when they are no longer', async () => {
    using nodes = await twoNodes(vxlan, {}, four);
    dropOnArrival(nodes.b, ['meta length > 1400 drop']);
    await using checks = await checked(nodes);
    const { problems, told } = checks.a.report;
    expect(checks.a.report.findings.paths.map(({ verdict }) => verdict)).toEqual([
      'fails',
      'fails',
    ]);
    expect(problems[0]).toMatch(
      /short packets get through to node b by poplin\.vxlan \(ipv4, 192\.168\.7\.2\), those of 1450 bytes do not/,
    );
    expect(told.toSorted()).toEqual(problems.toSorted());
    nodes.b.onNode('nft', 'delete table netdev broken');
    // On a busy machine a check more may have failed by now, and the next comes after twice the time.
    await until(() => checks.a.report.problems.length === 0, 90);
  }, 150_000);

  it('that nothing gets through', async () => {
    using nodes = await twoNodes(vxlan, {}, four);
    dropOnArrival(nodes.b, ['drop']);
    await using checks = await checked(nodes);
    expect(checks.a.report.problems[0]).toMatch(/^no packet gets through to node b/);
    expect(checks.a.report.findings.checksums).toEqual([]);
  });

  it('that a peer does not take part', async () => {
    using nodes = await twoNodes(vxlan, {}, four);
    await using alone = nodeCheck(nodes.a, nodes.plans[0]);
    await settled(alone);
    const { paths } = alone.report.findings;
    // What the kernel there says of IPv4 comes by the way that nodes take to nodes, not through the tunnel.
    expect(paths.map(({ verdict }) => verdict)).toEqual(['fails', 'unknown']);
    for (const { reason } of paths) expect(reason).toContain('is pathCheck off there');
  });
});

describe('wrong checksums', () => {
  const innerOf = (nodes: Awaited<ReturnType<typeof twoNodes>>) =>
    nodeCheckPaths(nodes).map(({ local, remote, mtu }) => ({ from: local, to: remote, mtu }));

  it('are computed in software where that helps, and nowhere else', async () => {
    using nodes = await twoNodes(vxlan, {}, four);
    dropUnfinishedChecksums(nodes.b, innerOf(nodes));
    await using checks = await checked(nodes);
    const { a, b } = checks;
    await until(() => a.report.findings.paths.every(({ verdict }) => verdict === 'works'));
    await until(() => b.report.findings.paths.every(({ verdict }) => verdict === 'works'));
    expect(a.txChecksum('poplin.vxlan')).toBe('off');
    expect(a.report.problems).toEqual([
      expect.stringMatching(/^tx-checksum of poplin\.vxlan is off: .* node b /),
    ]);
    expect(b.txChecksum('poplin.vxlan')).toBe('on');
    expect(b.report.findings.checksums).toEqual([]);
  });

  it('are left as they were where that does not help', async () => {
    using nodes = await twoNodes(vxlan, {}, four);
    // Whatever has a checksum at all in the place of UDP’s.
    dropOnArrival(nodes.b, ['@th,448,16 != 0 drop']);
    await using checks = await checked(nodes);
    const { report, txChecksum } = checks.a;
    expect(report.findings.checksums).toMatchObject([{ verdict: 'innocent' }]);
    expect(txChecksum('poplin.vxlan')).toBe('on');
    expect(report.problems.join()).toContain('without a checksum alone');
  });
});

function nodeCheckPaths({ plans }: Awaited<ReturnType<typeof twoNodes>>) {
  return pathsOf(plans[0]).filter(canBeChecked);
}
