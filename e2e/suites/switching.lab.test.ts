import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Host, Lab, type Pod, waitUntil } from '../lab/index.js';
import { allBy, allLinks, links, linkTo, type Watch, watchKernel } from '../switching/kernel.js';
import {
  alive,
  answers,
  every,
  longestGap,
  type Probe,
  type Stream,
  startProbe,
  startStream,
} from '../switching/traffic.js';

/** So many probes in a row may be lost: a second's worth. */
const mostLost = 1000 / every;

/** How long an old backend may take to go: twice the time that all peers have to learn of it, and reserve for a busy machine. */
const patient = { timeoutMs: 60_000 };

/** A cluster that runs goes from one backend to another while pods talk. */
describe('a cluster that changes its backend', () => {
  let lab: Lab;
  let pods: readonly Pod[];
  let probes: readonly Probe[];
  let stream: Stream;
  let watches: readonly Watch[];

  beforeAll(async () => {
    lab = await Lab.create({ nodes: 3 });
    pods = await lab.addPods(1);
    watches = await Promise.all(lab.hosts.flatMap((host) => watchKernel(lab, host)));
    const [first, second, third] = [at(pods, 0), at(pods, 1), at(pods, 2)];
    probes = await Promise.all([
      startProbe(lab, first, second),
      startProbe(lab, second, third),
      startProbe(lab, third, first),
      startProbe(lab, first, { name: 'n3', ip: lab.host('n3').address }),
      startProbe(lab, lab.host('n2'), first),
    ]);
    stream = await startStream(lab, first, second);
  });

  afterAll(() => lab?.[Symbol.asyncDispose]());

  it('refuses options that the backend does not have, at the door, and changes nothing', async () => {
    const n1 = lab.host('n1');
    const before = await n1.poplinctl('config', 'get');
    const answer = await apply(lab, 'n1', 'vxlan', { vni: 0 });
    expect(answer.status).not.toBe(0);
    expect(answer.stderr).toMatch(/backend\.options\.vni.*1 to 16777215/);
    expect((await n1.poplinctl('config', 'get')).stdout).toBe(before.stdout);
  });

  it('reaches those that have followed by the new one, and a node whose daemon is away by the old one', async () => {
    await lab.host('n3').stop();
    expect(await apply(lab, 'n1', 'vxlan')).toMatchObject({ status: 0 });
    const [first, second, third] = [at(pods, 0), at(pods, 1), at(pods, 2)];
    await waitUntil('n1 and n2 reach each other by vxlan', async () => {
      const there = await linkTo(lab, 'n1', second);
      return there === 'poplin.vxlan' && (await linkTo(lab, 'n2', first)) === there;
    });
    expect(await linkTo(lab, 'n1', third)).toBe('eth0');
    await alive(probes, stream);
  });

  it('ends the change when that daemon is back', async () => {
    const n3 = lab.host('n3');
    await n3.start();
    await n3.waitReady();
    await waitUntil('all reach all by vxlan', () => allBy(lab, pods, 'poplin.vxlan'), patient);
    await waitUntil('host-gw is given up', () => lab.hosts.every(hasOneBackend), patient);
    await alive(probes, stream);
  });

  it('changes to options that both ends share by other links, although a daemon restarts in the middle', async () => {
    expect(await apply(lab, 'n2', 'vxlan', { vni: 7 })).toMatchObject({ status: 0 });
    const n2 = lab.host('n2');
    await waitUntil('n2 has both', async () => (await links(n2)).length === 2);
    await n2.kill();
    await n2.start();
    await n2.waitReady();
    await waitUntil(
      'all reach all by the new one',
      () => allBy(lab, pods, 'poplin.vxlan.b'),
      patient,
    );
    await waitUntil(
      'the old links are gone',
      async () => (await allLinks(lab)).every((name) => name === 'poplin.vxlan.b'),
      patient,
    );
    for (const host of lab.hosts) {
      expect(await host.namespace.must(['ip', '-d', 'link', 'show', 'poplin.vxlan.b'])).toMatch(
        /vxlan id 7 /,
      );
    }
    await alive(probes, stream);
  });

  it('puts options of one end into force in place', async () => {
    expect(await apply(lab, 'n1', 'vxlan', { vni: 7, mtu: 1300 })).toMatchObject({ status: 0 });
    for (const { namespace } of lab.hosts) {
      await waitUntil('the link has the MTU', async () =>
        (await namespace.must(['ip', 'link', 'show', 'poplin.vxlan.b'])).includes('mtu 1300'),
      );
    }
    expect(await allLinks(lab)).toEqual(Array(3).fill('poplin.vxlan.b'));
    await alive(probes, stream);
  });

  it('leaves a node where it is that cannot follow, says why, and takes it along when it can', async () => {
    const { namespace } = lab.host('n1');
    await namespace.configure(['link add poplin.vxlan type bridge']);
    expect(await apply(lab, 'n2', 'vxlan', { vni: 9 })).toMatchObject({ status: 0 });
    const [first, , third] = [at(pods, 0), at(pods, 1), at(pods, 2)];
    await waitUntil('n2 reaches n3 by the new one', async () => {
      return (await linkTo(lab, 'n2', third)) === 'poplin.vxlan';
    });
    const problem = /backend vxlan is not at work, vxlan\.b stays: .*poplin\.vxlan is there/;
    await waitUntil('n1 says why it does not follow', async () =>
      problem.test((await lab.host('n1').poplinctl('status')).stdout),
    );
    expect(await linkTo(lab, 'n2', first)).toBe('poplin.vxlan.b');
    expect(await namespace.must(['ip', '-d', 'link', 'show', 'poplin.vxlan'])).toMatch(/bridge/);
    await alive(probes, stream);

    await namespace.configure(['link delete poplin.vxlan']);
    expect(await apply(lab, 'n2', 'vxlan', { vni: 9, mtu: 1400 })).toMatchObject({ status: 0 });
    await waitUntil('all reach all', () => allBy(lab, pods, 'poplin.vxlan'), patient);
    expect((await lab.host('n1').poplinctl('status')).stdout).not.toMatch(/not at work/);
    await alive(probes, stream);
  });

  it('goes from the kernel to a process, which leaves no link of the other', async () => {
    expect(await apply(lab, 'n3', 'udp')).toMatchObject({ status: 0 });
    await waitUntil('all reach all by udp', () => allBy(lab, pods, 'poplin.udp'), patient);
    const onlyUdp = async () => (await allLinks(lab)).every((name) => name === 'poplin.udp');
    await waitUntil('the old links are gone', onlyUdp, patient);
    await alive(probes, stream);
  });

  it('goes back, and leaves nothing of what it had', async () => {
    expect(await apply(lab, 'n3', 'host-gw')).toMatchObject({ status: 0 });
    await waitUntil('all reach all by routes', () => allBy(lab, pods, 'eth0'), patient);
    await waitUntil('the links are gone', async () => (await allLinks(lab)).length === 0, patient);
    for (const { namespace } of lab.hosts) {
      expect(await namespace.must(['ip', 'rule', 'show'])).not.toMatch(/lookup 112/);
      expect(
        await namespace.observe('route', 'show', 'table', 'all', 'proto', '112'),
      ).not.toContainEqual(expect.objectContaining({ table: '112' }));
      expect(await namespace.must(['ip', 'route', 'show'])).not.toMatch(/vxlan|mtu/);
    }
    await alive(probes, stream);
  });

  it('deletes no route to a block, no blackhole and no element of the masquerading at any time', async () => {
    for (const { log, process } of watches) {
      await process.stop('SIGINT');
      const lines = readFileSync(log, 'utf8').split('\n');
      expect(lines.filter((line) => /^Deleted .*10\.244\./.test(line))).toEqual([]);
      expect(lines.filter((line) => /^delete element .* (source|exempt)_/.test(line))).toEqual([]);
    }
    // The watches did see what they are to see.
    const routes = watches.map(({ log }) => readFileSync(log, 'utf8')).join('\n');
    expect(routes).toMatch(/^10\.244\.\S+ via \S+ dev poplin\.vxlan\.b /m);
    expect(routes).toMatch(/^Deleted 192\.168\.77\.\S+ .*table 112/m);
  });

  it('cuts nobody off for a second at any time', async () => {
    for (const probe of probes) await probe.process.stop('SIGINT');
    const gaps = probes.map(({ what, log }) => ({
      what,
      lost: longestGap(log),
      of: answers(log).length,
    }));
    for (const { what, lost, of } of gaps) {
      process.stdout.write(
        `${what}: at most ${lost} of ${of} probes lost in a row, ${lost * every} ms\n`,
      );
      expect(lost, what).toBeLessThan(mostLost);
    }
    expect(stream.sender.exit).toBeUndefined();
    expect(stream.receiver.exit).toBeUndefined();
  });
});

/** Makes a backend that of the cluster, by one of its daemons. */
async function apply(lab: Lab, host: string, type: string, options = {}) {
  const file = `${lab.folder}/config.json`;
  const pools = [{ name: 'default', cidr: '10.244.0.0/16', blockSize: 26 }];
  await writeFile(file, JSON.stringify({ pools, backend: { type, options } }));
  return lab.host(host).poplinctl('config', 'apply', '-f', file);
}

/** True when the next run of the daemon would start one backend only. */
function hasOneBackend({ folder }: Host): boolean {
  return JSON.parse(readFileSync(`${folder}/state/backends.json`, 'utf8')).length === 1;
}

function at<T>(list: readonly T[], place: number): T {
  const one = list[place];
  if (one === undefined) throw new Error(`there is no number ${place}`);
  return one;
}
