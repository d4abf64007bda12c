import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { proveNetworkModel } from '../demo/model.js';
import { Lab, type Pod, processesOf } from '../lab/index.js';

describe('a single node with the embedded registry', () => {
  let lab: Lab;
  let pods: readonly Pod[];

  beforeAll(async () => {
    lab = await Lab.create({ nodes: 1 });
    pods = await lab.addPods(2);
  });

  afterAll(() => lab?.[Symbol.asyncDispose]());

  it('runs nothing but its daemon', async () => {
    expect(processesOf(lab.id)).toEqual([lab.host('n1').pid]);
  });

  it('connects its pods', async () => {
    const checks = await proveNetworkModel(lab, pods);
    expect(checks).toHaveLength(8);
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  });

  it('remembers its blocks and hands out no address twice after kill -9', async () => {
    const host = lab.host('n1');
    const blocks = (await host.poplinctl('blocks', '--json')).stdout;
    await host.kill();
    await host.start();
    await host.waitReady();
    const cidrs = (json: string): readonly string[] =>
      (JSON.parse(json) as { blocks: { cidr: string }[] }).blocks.map(({ cidr }) => cidr);
    expect(cidrs((await host.poplinctl('blocks', '--json')).stdout)).toEqual(cidrs(blocks));
    await using late = await host.addPod('late');
    expect(pods.map(({ ip }) => ip)).not.toContain(late.ip);
  });

  it('makes its socket for root alone', async () => {
    const { socket } = lab.host('n1');
    expect(existsSync(socket)).toBe(true);
    const { stdout } = await lab.host('n1').namespace.execute(['stat', '-c', '%a %u', socket]);
    expect(stdout.trim()).toBe('600 0');
  });
});
