import { describe, expect, it } from 'vitest';
import { proveNetworkModel } from '../../demo/model.js';
import { kernelHas, Lab, waitUntil } from '../../lab/index.js';
import { type Cell, cellsOf, ipipWays, ways, wrongLinks } from './cell.js';

/** A kernel without ipip says so in missing-module.lab.test.ts; ipip.uml.test.ts brings its own. */
const all = (await kernelHas('ipip')) ? [...ways, ...ipipWays] : ways;

/** Checks that two nodes with two pods each, and the host outside, come to in one family. */
const checksOfTwo = 32;

/** The same for three nodes with one pod each: 6 between pods, 9 both ways between pods and nodes, 3 to the outside. */
const checksOfThree = 27;

const familiesOf = ({ family }: Cell): number => (family === 'dual' ? 2 : 1);

describe('nodes on one subnet give their pods the network model', () => {
  it.each(cellsOf(all))('%s', async (_name, cell) => {
    const { way, ...shape } = cell;
    await using lab = await Lab.create({ nodes: 2, ...way, ...shape });
    const pods = await lab.addPods(2);
    expect(await wrongLinks(lab, pods, way)).toEqual([]);
    const checks = await proveNetworkModel(lab, pods);
    expect(checks).toHaveLength(checksOfTwo * familiesOf(cell));
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  });
});

/**
 * Two nodes in one subnet, one in the other; the router drops packets of pods that no tunnel carries, and the hosts filter strictly by
 * the reverse path.
 */
const routed = { nodes: 3, subnets: 2, rpFilter: 1 } as const;

describe('nodes on two subnets give their pods the network model', () => {
  const tunnels = all.filter(({ name }) => name !== 'host-gw');

  it.each(cellsOf(tunnels))('%s', async (_name, cell) => {
    const { way, ...shape } = cell;
    await using lab = await Lab.create({ ...routed, ...way, ...shape });
    const pods = await lab.addPods(1);
    expect(await wrongLinks(lab, pods, way)).toEqual([]);
    const before = await lab.underlay.strangers();
    const checks = await proveNetworkModel(lab, pods);
    expect(checks).toHaveLength(checksOfThree * familiesOf(cell));
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(await lab.underlay.strangers()).toBe(before);
  });

  it('not over host-gw, which reaches the peers of its own subnet and says why not the others', async () => {
    await using lab = await Lab.create(routed);
    const pods = await lab.addPods(1);
    const problems = await waitUntil('the refusal is told', async () => {
      const { stdout } = await lab.host('n1').poplinctl('status');
      return stdout.includes('not reached') ? stdout : undefined;
    });
    expect(problems).toMatch(
      /n3 is not reached: .*192\.168\.78\.13 is not on the link of eth0.*vxlan/,
    );
    expect(problems).not.toMatch(/n2 is not reached/);

    const checks = await proveNetworkModel(lab, pods);
    const acrossRouter = ({ from, to }: { from: string; to: string }): boolean =>
      to !== 'outside' && from.startsWith('n3') !== to.startsWith('n3');
    expect(checks.filter((check) => check.ok === acrossRouter(check))).toEqual([]);
    // What pods sent to the other subnet anyway, by the default route, the router has dropped.
    expect(await lab.underlay.strangers()).toBeGreaterThan(0);
  });
});
