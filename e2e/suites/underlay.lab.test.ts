import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Host, Lab, type Pod, waitUntil } from '../lab/index.js';

/** What waits for a time to run out, such as a lease, may take that long. */
const patient = { timeoutMs: 60_000 };

/** What the underlay of a node becomes while its daemon and its pods run. */
describe.each(['host-gw', 'vxlan'])('an underlay that changes under %s', (backend) => {
  let lab: Lab;
  let pods: readonly Pod[];

  beforeAll(async () => {
    lab = await Lab.create({ nodes: 3, backend });
    pods = await lab.addPods(1);
  });

  afterAll(() => lab?.[Symbol.asyncDispose]());

  const pod = (host: string): Pod => {
    const found = pods.find((one) => one.host.name === host);
    if (!found) throw new Error(`no pod on ${host}`);
    return found;
  };
  const hears = async (from: Pod | Host, ip: string, bytes = 56): Promise<boolean> => {
    const argv = ['ping', '-n', '-c', '1', '-W', '1', '-M', 'do', '-s', `${bytes}`, ip];
    return (await from.namespace.execute(argv)).status === 0;
  };
  const allHear = async (): Promise<boolean> => {
    const pairs = pods.flatMap((from) => pods.map((to) => ({ from, to })));
    const answers = await Promise.all(pairs.map(({ from, to }) => hears(from, to.ip)));
    return answers.every(Boolean);
  };
  const status = async (host: Host): Promise<Status> =>
    JSON.parse((await host.poplinctl('status', '--json')).stdout) as Status;
  const overhead = backend === 'vxlan' ? 50 : 0;
  const link = backend === 'vxlan' ? 'poplin.vxlan' : 'eth0';

  it('is followed to another address: the record, the routes of peers, the source towards pods', async () => {
    const n2 = lab.host('n2');
    const old = n2.address;
    const fresh = '192.168.77.102';
    await n2.namespace.configure([
      `address add ${fresh}/24 dev eth0`,
      `address del ${old}/24 dev eth0`,
    ]);
    await n2.namespace.execute(['ip', 'address', 'add', `${fresh}/24`, 'dev', 'eth0']);
    const since = performance.now();
    await waitUntil(
      'the routes of the others lead to the new address',
      async () => {
        const { stdout } = await lab
          .host('n1')
          .namespace.execute(['ip', 'route', 'get', pod('n2').ip]);
        return stdout.includes(`via ${fresh} dev ${link}`);
      },
      patient,
    );
    const ms = Math.round(performance.now() - since);
    process.stdout.write(`${backend}: peers follow another address after ${ms} ms\n`);
    // A connection to the registry that hangs is noticed by a ping after 9 s: nobody waited for that.
    expect(ms).toBeLessThan(6_000);
    await waitUntil('all pods hear all pods', allHear, patient);
    const own = await n2.namespace.must(['ip', 'route', 'get', pod('n2').ip]);
    expect(own).toContain(`src ${fresh}`);
    await waitUntil(
      'nodes and pods hear each other',
      async () => (await hears(n2, pod('n1').ip)) && (await hears(pod('n1'), fresh)),
      patient,
    );
    // What was refused while the address was away is a problem until the next look, 10 s at the latest.
    await waitUntil(
      'nothing is wrong',
      async () => (await status(n2)).problems.length === 0,
      patient,
    );
    expect((await status(n2)).addresses).toEqual([fresh]);
    const nodes = (await lab.host('n1').poplinctl('nodes')).stdout;
    expect(nodes).toContain(fresh);
    expect(nodes).not.toContain(`${old} `);
  });

  it('is followed to another MTU: links, new pods, and what peers send', async () => {
    const n3 = lab.host('n3');
    await n3.namespace.configure(['link set eth0 mtu 1400']);
    await waitUntil('the daemon knows', async () => {
      const { underlayMtu, podMtu } = await status(n3);
      return underlayMtu === 1400 && podMtu === 1400 - overhead;
    });
    if (backend === 'vxlan') {
      await waitUntil('the tunnel has it', async () =>
        (await n3.namespace.must(['ip', 'link', 'show', 'poplin.vxlan'])).includes('mtu 1350'),
      );
    }
    await waitUntil('the routes of the others say what fits', async () => {
      const route = await lab.host('n1').namespace.must(['ip', 'route', 'show', 'proto', '112']);
      return route.includes(`mtu ${1400 - overhead}`);
    });
    await waitUntil('pods that run have it', async () => {
      const own = await pod('n3').namespace.must(['ip', 'link', 'show', 'eth0']);
      return own.includes(`mtu ${1400 - overhead} `);
    });
    await using late = await n3.addPod('late');
    const shown = await late.namespace.must(['ip', 'link', 'show', 'eth0']);
    expect(shown).toContain(`mtu ${1400 - overhead} `);
    const most = 1400 - overhead - 28;
    expect(await hears(late, pod('n1').ip, most)).toBe(true);
    const { peers } = JSON.parse(
      (await lab.host('n1').poplinctl('peers', '--json')).stdout,
    ) as Peers;
    expect(peers.map(({ name, paths }) => [name, paths[0]?.mtu])).toEqual([
      ['n2', 1500 - overhead],
      ['n3', 1400 - overhead],
    ]);
    await n3.namespace.configure(['link set eth0 mtu 1500']);
    await waitUntil('all is as before', async () => {
      const route = await lab.host('n1').namespace.must(['ip', 'route', 'show', 'proto', '112']);
      return (await status(n3)).podMtu === 1500 - overhead && !route.includes('mtu');
    });
  });

  it('is kept while its interface is down, which is a problem and not the end', async () => {
    const n3 = lab.host('n3');
    await n3.namespace.configure(['link set eth0 down']);
    await waitUntil('the daemon says so', async () =>
      (await status(n3)).problems.some((problem) => problem.includes('eth0 is down')),
    );
    expect((await status(n3)).addresses).toEqual([n3.address]);
    expect((await lab.host('n1').poplinctl('nodes')).stdout).toContain(n3.address);
    await n3.namespace.configure(['link set eth0 up', 'route add default via 192.168.77.250']);
    await waitUntil(
      'all is well again',
      async () => (await status(n3)).problems.length === 0,
      patient,
    );
    await waitUntil('all pods hear all pods', allHear, patient);
  });

  it('is found again when its interface was deleted and made anew', async () => {
    const n3 = lab.host('n3');
    const network = `${lab.id}-net`;
    await n3.namespace.configure(['link del eth0']);
    await waitUntil('the daemon says so', async () =>
      (await status(n3)).problems.some((problem) => problem.includes('no interface "eth0"')),
    );
    await n3.namespace.configure([
      `link add eth0 type veth peer name n3 netns ${network}`,
      `address add ${n3.address}/24 dev eth0`,
      'link set eth0 up',
    ]);
    await lab.outside.namespace.must([
      ...['ip', '-n', network, 'link', 'set', 'n3', 'master', 'br0', 'up'],
    ]);
    await waitUntil(
      'all is well again',
      async () => (await status(n3)).problems.length === 0,
      patient,
    );
    await waitUntil('all pods hear all pods', allHear, patient);
  });

  it('is explained: which route leads to a pod, and who wants it', async () => {
    const n1 = lab.host('n1');
    const { stdout } = await n1.poplinctl('explain', 'route', pod('n2').ip);
    expect(stdout).toMatch(new RegExp(`^Route .* via 192\\.168\\.77\\.102 dev ${link}( |$)`, 'm'));
    expect(stdout).toMatch(/^Peer +n2$/m);
    expect(stdout).toMatch(new RegExp(`^Backend +${backend}$`, 'm'));
    expect((await n1.poplinctl('explain', 'route', pod('n1').ip)).stdout).toMatch(/^Pod /m);
  });
});

interface Status {
  readonly addresses: readonly string[];
  readonly underlayMtu: number;
  readonly podMtu: number;
  readonly problems: readonly string[];
}

interface Peers {
  readonly peers: readonly { readonly name: string; readonly paths: readonly { mtu: number }[] }[];
}
