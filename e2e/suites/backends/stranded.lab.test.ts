import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Host, Lab, LabProcess, type Pod, waitUntil } from '../../lab/index.js';
import { errorsOf, reaches, statusCode, statusOf } from './stranded.js';

/** Sits on a UDP port until it is ended. */
const squat = (port: number): readonly string[] => [
  process.execPath,
  '-e',
  `require('node:dgram').createSocket('udp4').bind(${port})`,
];

/** A node that starts while its backend cannot; the backend's cause goes away later, and nobody restarts anything. */
describe('a daemon that starts while the UDP port of vxlan is taken', () => {
  let lab: Lab;
  let well: Host;
  let stranded: Host;
  let squatter: LabProcess;
  let near: Pod;
  let neighbour: Pod;
  let far: Pod;

  beforeAll(async () => {
    lab = await Lab.create({ nodes: 2, backend: 'vxlan', start: false });
    [well, stranded] = lab.hosts as [Host, Host];
    squatter = await LabProcess.start({
      name: 'squatter',
      lab: lab.id,
      namespace: stranded.namespace,
      argv: squat(8472),
      log: join(lab.folder, 'squatter.log'),
    });
    await waitUntil('the port is taken', async () =>
      (await stranded.namespace.must(['ss', '-Hlun'])).includes(':8472'),
    );
    for (const host of lab.hosts) await host.start();
    for (const host of lab.hosts) await host.waitReady();
    [near, neighbour, far] = [
      await stranded.addPod('near'),
      await stranded.addPod('neighbour'),
      await well.addPod('far'),
    ];
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());

  it('serves the pods of its node, which reach each other and nobody on other nodes', async () => {
    expect(await reaches(near, neighbour)).toBe(true);
    expect(await reaches(near, far)).toBe(false);
    const gone = await stranded.addPod('gone');
    await gone.remove();
  });

  it('says what is wrong: in its status, to STATUS, to its peers, and once in the log', async () => {
    // While it tries, what the kernel refuses is a problem of its own.
    await waitUntil(
      'it does not try just now',
      async () => (await statusOf(stranded)).problems.length === 1,
    );
    const { ready, problems, backend } = await statusOf(stranded);
    expect({ ready, backend: backend ?? '' }).toEqual({ ready: false, backend: '' });
    const why =
      /^backend vxlan is not at work; pods of this node reach only each other: link poplin\.vxlan: UDP port 8472 is taken.*ss -Hlunp/;
    expect(problems).toEqual([expect.stringMatching(why)]);
    expect(await statusCode(near)).toBe(51);
    await waitUntil('the peer names it', async () =>
      (await statusOf(well)).problems.some((problem) =>
        problem.startsWith(`node ${stranded.name} has no backend at work: backend vxlan`),
      ),
    );
    expect(await statusCode(far)).toBe(0);
    const { stdout } = await well.poplinctl('nodes');
    expect(stdout).toMatch(new RegExp(`^${stranded.name} .* none `, 'm'));
    expect((await stranded.poplinctl('status')).stdout).toMatch(/^Backend +none$/m);
    const links = await stranded.namespace.must(['ip', '-br', 'link', 'show']);
    expect(links).not.toContain('poplin.vxlan');
  });

  it('still says so once after some tries, and after a restart', async () => {
    await stranded.restart();
    await waitUntil('it has tried again', async () => errorsOf(stranded).length >= 2);
    await new Promise((resolve) => setTimeout(resolve, 8_000));
    const told = errorsOf(stranded).filter((line) => line.startsWith('backend vxlan'));
    expect(told).toEqual([told[0], told[0]]);
    expect(await reaches(near, neighbour)).toBe(true);
  });

  it('becomes whole when the port is free', async () => {
    await squatter.stop();
    await waitUntil(
      'pods reach each other',
      async () => (await reaches(near, far)) && (await reaches(far, near)),
      { timeoutMs: 90_000 },
    );
    await waitUntil('nothing is wrong', async () => {
      const [here, there] = [await statusOf(stranded), await statusOf(well)];
      return here.problems.length + there.problems.length === 0 && here.ready;
    });
    expect(await statusOf(stranded)).toMatchObject({ backend: 'vxlan' });
    expect(await statusCode(near)).toBe(0);
  });
});
