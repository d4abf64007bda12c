import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Host, Lab, waitUntil } from '../lab/index.js';

const patient = { timeoutMs: 60_000 };

/** The sentences about the check of paths in a host's status. */
async function told(host: Host): Promise<readonly string[]> {
  const { stdout } = await host.poplinctl('--json', 'status');
  const { problems = [] } = JSON.parse(stdout) as { readonly problems?: readonly string[] };
  return problems.filter(
    (problem) => problem.includes('get through') || problem.includes('gets through'),
  );
}

/** Links that a host answers checks on, by UDP and by TCP. */
async function answering(host: Host): Promise<readonly string[]> {
  const shown = await host.namespace.must(['ss', '-Hlntu', 'sport', '=', ':8473']);
  const links = shown.matchAll(/^(udp|tcp)\s.*?%([\w.]+):8473/gm);
  return [...links].map(([, protocol, link]) => `${protocol} ${link}`).toSorted();
}

describe('nodes that check the paths to each other', () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await Lab.create({ nodes: 2, cluster: { backend: { type: 'vxlan' } } });
    await lab.addPods(1);
  });

  afterAll(() => lab?.[Symbol.asyncDispose]());

  it('answer through the tunnel', async () => {
    for (const host of lab.hosts) {
      await waitUntil(`${host.name} answers`, async () => (await answering(host)).length === 2);
      expect(await answering(host)).toEqual(['tcp poplin.vxlan', 'udp poplin.vxlan']);
    }
  });

  it('tell which peer is not reached, and stop telling when it is', async () => {
    const [n1, n2] = [lab.host('n1'), lab.host('n2')];
    await n2.namespace.must(['nft', 'add table inet broken']);
    await n2.namespace.must([
      'nft',
      'add chain inet broken in { type filter hook input priority -300; }',
    ]);
    await n2.namespace.must(['nft', 'add rule inet broken in udp dport 8472 drop']);
    // Known ways are not checked again until something changes.
    await n1.restart();
    await waitUntil('n1 tells', async () => (await told(n1)).length > 0, patient);
    expect(await told(n1)).toEqual([
      expect.stringMatching(/^no packet gets through to node n2 by poplin\.vxlan/),
    ]);
    await n2.namespace.must(['nft', 'delete table inet broken']);
    await waitUntil('n1 is content', async () => (await told(n1)).length === 0, patient);
  });

  it('answer again when somebody has deleted the link', async () => {
    const n2 = lab.host('n2');
    await n2.namespace.must(['ip', 'link', 'delete', 'poplin.vxlan']);
    // What is bound to a link that is gone has a number in the place of its name.
    const both = 'tcp poplin.vxlan,udp poplin.vxlan';
    await waitUntil('n2 answers', async () => `${await answering(n2)}` === both, patient);
  });

  it('are silent where the cluster does not want it', async () => {
    const n1 = lab.host('n1');
    const file = `${lab.folder}/no-check.json`;
    await writeFile(
      file,
      JSON.stringify({ backend: { type: 'vxlan' }, pathCheck: { enabled: false } }),
    );
    expect(await n1.poplinctl('config', 'apply', '-f', file)).toMatchObject({ status: 0 });
    for (const host of lab.hosts) {
      await waitUntil(`${host.name} is silent`, async () => (await answering(host)).length === 0);
    }
  });
});
