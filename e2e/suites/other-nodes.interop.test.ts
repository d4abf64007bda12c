import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { proveNetworkModel } from '../demo/model.js';
import {
  type Accounts,
  imbalanceSince,
  Lab,
  type Pod,
  readAccounts,
  startRehearsed,
} from '../lab/index.js';
import { nodeProgram, otherNodes } from '../setup/other-nodes.js';

const labs = new Map<string, Lab>();

/** All at once: a rehearsal takes ten seconds, and half of that it waits. */
beforeAll(async () => {
  for (const version of Object.values(otherNodes))
    labs.set(version, await Lab.create({ nodes: 1, family: 'dual', node: nodeProgram(version) }));
  await Promise.all([...labs.values()].map((lab) => startRehearsed(lab.host('n1'))));
});

afterAll(async () => {
  await Promise.all([...labs.values()].map((lab) => lab[Symbol.asyncDispose]()));
});

/** What all other suites prove on one Node, in short on those that others have. */
describe.each(Object.entries(otherNodes))('on %s', (_name, version) => {
  let lab: Lab;
  let before: Accounts;
  let pods: readonly Pod[];

  beforeAll(async () => {
    lab = labs.get(version) as Lab;
    before = await readAccounts(lab.host('n1'));
  });

  it('poplind serves and rehearses, and says nothing but what is in its log', async () => {
    const { pid, log, namespace } = lab.host('n1');
    expect((await namespace.must(['readlink', `/proc/${pid}/exe`])).trim()).toBe(
      nodeProgram(version),
    );
    const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
    const told = lines.map((line) => JSON.parse(line) as { level: string; msg: string });
    expect(told.map(({ msg }) => msg)).toContain('rehearsed');
    expect(told.filter(({ level }) => level !== 'info')).toEqual([]);
  });

  it('pods reach each other, the node and the outside', async () => {
    pods = await lab.addPods(2);
    const checks = await proveNetworkModel(lab, pods);
    expect(checks).not.toEqual([]);
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  });

  it('poplinctl shows them, and complains of nothing', async () => {
    const { status, stdout, stderr } = await lab.host('n1').poplinctl('addresses', '--json');
    expect([status, stderr]).toEqual([0, '']);
    for (const { ip } of pods) expect(stdout).toContain(`"${ip}"`);
  });

  it('a poplind that was killed knows its pods when it is back, and leaves nothing of them', async () => {
    const host = lab.host('n1');
    await host.kill();
    await host.start();
    await host.waitReady();
    for (const pod of pods) await pod.remove();
    expect(await imbalanceSince(before, host)).toEqual([]);
  });
});
