import { readdirSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { throwawayNamespace } from '../../test-support/throwaway-namespaces.js';
import { openNetns } from '../namespace/netns.js';
import { runInNetns } from '../namespace/run-in-netns.js';
import { openNetlink } from '../rtnetlink/netlink.js';

const descriptors = (): number => readdirSync('/proc/self/fd').length;

// Vitest starts its processes without --expose-gc.
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/**
 * Memory that the process has in RAM, MiB, when the collector has done what it can; of this thread's heap what is used, since its
 * room grows in steps of megabytes at times that differ between versions of V8.
 */
function memoryInUse(): number {
  collectGarbage();
  const { rss, heapTotal, heapUsed } = process.memoryUsage();
  return (rss - heapTotal + heapUsed) / 2 ** 20;
}

/**
 * Does something in eight equal parts, and tells how much memory the last three have added to what the first five had
 * reached, MiB. Those are the warm-up: code is compiled, two heaps take the size that they work with.
 */
async function growthOver(times: number, work: () => Promise<void>): Promise<number> {
  const sizes: number[] = [];
  for (let part = 0; part < 8; part++) {
    for (let i = 0; i < times / 8; i++) await work();
    sizes.push(memoryInUse());
  }
  const [first = 0, ...later] = sizes.slice(4);
  return Math.max(...later) - first;
}

/** 1 when it fails. Not by `expect`: vitest keeps what it was given. */
const refused = (promise: Promise<void>): Promise<number> =>
  promise.then(
    () => 0,
    () => 1,
  );

/** What the collector leaves lying about from one time to the next; a leak of 1 kB per request would be 37 MiB. */
const SLACK_MIB = 8;

describe('nothing grows', () => {
  it('over 100,000 requests: no descriptor, no memory', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    await netlink.link.get({ name: 'lo' });
    const before = descriptors();
    let count = 0;
    let refusals = 0;
    const growth = await growthOver(100_000, async () => {
      count += 1;
      if (count % 10 !== 0) await netlink.link.get({ ifindex: 1 });
      else refusals += await refused(netlink.link.del({ name: 'none' }));
    });
    expect(refusals).toBe(10_000);
    expect(descriptors()).toBe(before);
    expect(growth).toBeLessThan(SLACK_MIB);
  });

  it('over 10,000 entries into a namespace: no descriptor, no memory', async () => {
    using host = throwawayNamespace();
    using warm = openNetlink({ netns: host.netns });
    await warm.link.get({ name: 'lo' });
    const before = descriptors();
    const growth = await growthOver(10_000, async () => {
      using netns = openNetns(host.path);
      runInNetns(netns, () => 1);
      using netlink = openNetlink({ netns });
      await netlink.link.get({ name: 'lo' });
    });
    expect(descriptors()).toBe(before);
    expect(growth).toBeLessThan(SLACK_MIB);
  });
});
