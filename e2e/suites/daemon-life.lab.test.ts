import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Host, Lab, LabProcess, type Pod, waitUntil } from '../lab/index.js';

/** Daemons come and go; pods must not notice. */
describe('the data plane', () => {
  let lab: Lab;
  let near: Pod;
  let far: Pod;

  beforeAll(async () => {
    lab = await Lab.create({ nodes: 3 });
    near = await lab.host('n1').addPod('near');
    far = await lab.host('n2').addPod('far');
  });

  afterAll(() => lab?.[Symbol.asyncDispose]());

  afterEach(async () => {
    for (const host of lab.hosts) {
      if (!host.isRunning) await host.start();
      await host.waitReady();
    }
  });

  it('is untouched when SIGTERM ends the daemon, which exits 0', async () => {
    const host = lab.host('n1');
    const before = await dataPlane(host);
    expect(await host.stop()).toEqual({ status: 0, signal: null });
    expect(await dataPlane(host)).toEqual(before);
    await reach(near, far);
    await reach(far, near);
  });

  it('is untouched when the daemon is killed', async () => {
    const host = lab.host('n1');
    const before = await dataPlane(host);
    await host.kill();
    expect(await dataPlane(host)).toEqual(before);
    await reach(near, far);
  });

  it('loses no packet while all daemons restart, and no address changes', async () => {
    const before = await near.namespace.addresses();
    const log = `${lab.folder}/ping.log`;
    const ping = await LabProcess.start({
      name: 'ping',
      lab: lab.id,
      namespace: near.namespace,
      argv: ['ping', '-n', '-i', '0.01', far.ip],
      log,
    });
    const linesOfPing = (): number => readFileSync(log, 'utf8').split('\n').length;
    await waitUntil('ping is under way', () => linesOfPing() > 20);
    await Promise.all(lab.hosts.map((host) => host.restart()));
    const sofar = linesOfPing();
    await waitUntil('ping goes on', () => linesOfPing() > sofar + 20);
    await ping.stop('SIGINT');
    const [, sent, received] =
      /(\d+) packets transmitted, (\d+) received/.exec(readFileSync(log, 'utf8')) ?? [];
    expect(Number(sent)).toBeGreaterThan(40);
    // The last one may have been on its way when ping was told to end.
    expect(Number(sent) - Number(received)).toBeLessThanOrEqual(1);
    expect(sequenceGaps(log)).toEqual([]);
    expect(await near.namespace.addresses()).toEqual(before);
  });

  it('gets no address twice after daemons were killed and started again', async () => {
    await Promise.all(lab.hosts.map((host) => host.kill()));
    await lab.startDaemons();
    const late = await lab.addPods(3);
    const addresses = [near, far, ...late].map(({ ip }) => ip);
    expect(new Set(addresses).size).toBe(addresses.length);
    for (const pod of late) await reach(near, pod);
    for (const pod of late) await pod.remove();
  });

  it('lets go of a pod whose daemon was killed between ADD and DEL', async () => {
    const host = lab.host('n3');
    const pod = await host.addPod('orphan');
    await host.kill();
    await reach(near, pod);
    await host.start();
    await host.waitReady();
    await pod.remove();
    expect(await inUse(host)).not.toContain(pod.ip);
  });
});

/**
 * What the kernel of a host has that packets of pods depend on; without counters. A new link's link-local address gets its
 * route when the kernel has made sure that nobody else has it (addrconf_dad_completed), a second or two later.
 */
async function dataPlane({ namespace }: Host): Promise<readonly string[]> {
  await waitUntil('no address is tentative', async () => {
    return (await namespace.must(['ip', '-6', 'address', 'show', 'tentative'])) === '';
  });
  return await Promise.all([
    namespace.must(['ip', '-brief', 'link', 'show']),
    namespace.must(['ip', 'route', 'show', 'table', 'all']),
    namespace.must(['ip', 'neigh', 'show', 'nud', 'permanent']),
    namespace.must(['nft', '-s', 'list', 'ruleset']),
  ]);
}

async function reach(from: Pod, to: Pod): Promise<void> {
  await from.namespace.must(['ping', '-n', '-c', '2', '-i', '0.05', '-W', '2', to.ip]);
}

/** Sequence numbers that got no answer although later ones did. */
function sequenceGaps(log: string): readonly number[] {
  const seen = [...readFileSync(log, 'utf8').matchAll(/icmp_seq=(\d+)/g)].map(([, n]) => Number(n));
  const last = Math.max(...seen);
  return Array.from({ length: last }, (_, index) => index + 1).filter((n) => !seen.includes(n));
}

async function inUse(host: Host): Promise<readonly string[]> {
  const { stdout } = await host.poplinctl('addresses', '--json');
  const { addresses } = JSON.parse(stdout) as { addresses: readonly { ip: string }[] };
  return addresses.map(({ ip }) => ip);
}
