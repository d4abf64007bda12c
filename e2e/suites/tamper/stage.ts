import { askStatus, type Host, type Lab, LabError, waitUntil } from '../../lab/index.js';
import type { Scene, Setting } from './kind.js';

/** Puts a node of a lab with two nodes on the stage, with a pod and one at its peer. */
export async function makeScene(lab: Lab, setting: Setting): Promise<Scene> {
  const [host, other] = lab.hosts;
  if (!host || !other) throw new LabError('tampering takes two nodes');
  const pod = await host.addPod('near');
  const far = await other.addPod('far');
  const links = (await host.namespace.observe('link', 'show')) as readonly { ifname: string }[];
  const podLink = links.map(({ ifname }) => ifname).find((name) => /^pop[0-9a-f]{11}$/.test(name));
  if (podLink === undefined) throw new LabError('the pod has no link');
  const scene: Scene = {
    ...setting,
    host,
    pod,
    far,
    podLink,
    ownBlock: await blockOf(host),
    peerBlock: await blockOf(other),
    peer: other.address,
    run: (command) => run(host, command),
  };
  await waitUntil(`there is a route to ${scene.peerBlock}`, async () =>
    (await scene.run(`ip route show ${scene.peerBlock}`)).includes('proto 112'),
  );
  await addStrangers(scene);
  return scene;
}

async function run({ namespace }: Host, command: string): Promise<string> {
  if (!command.startsWith('batch ')) return namespace.must(command.split(' '));
  await namespace.configure(command.slice('batch '.length).split('; '));
  return '';
}

async function blockOf(host: Host): Promise<string> {
  const [block] = (await askStatus(host.socket))?.blocks ?? [];
  if (block === undefined) throw new LabError(`${host.name} has no block`);
  return block;
}

/**
 * What others have on the node, looking as much like ours as can be: a route to the same block, of another protocol and metric, and one to a
 * block of the pool; a link with our prefix and an address on it; a neighbour, a rule, and a table with a masquerade of its own.
 */
export async function addStrangers({ run, peerBlock }: Scene): Promise<void> {
  await run(`ip route replace ${peerBlock} via 192.168.77.200 metric 77 proto static`);
  await run('ip route replace 10.244.200.0/26 via 192.168.77.200 proto static');
  if (!(await run('ip -brief link show')).includes('poplinette')) {
    await run('ip link add poplinette type bridge');
    await run('ip address add 198.51.100.1/24 dev poplinette');
    await run('ip rule add priority 11100 from 198.51.100.0/24 lookup main');
  }
  await run('ip neigh replace 192.168.77.201 lladdr 02:00:00:00:00:01 dev eth0 nud permanent');
  const chain = 'inet stranger post';
  const commands = [
    'add table inet stranger',
    'flush table inet stranger',
    `add chain ${chain} { type nat hook postrouting priority 150 ; }`,
    `add rule ${chain} oifname eth9 masquerade`,
  ];
  await run(`nft ${commands.join(' ; ')}`);
}

/** All that others have, as text. */
export async function strangersOf({ run, peerBlock }: Scene): Promise<string> {
  const texts = [
    await run(`ip route show ${peerBlock} metric 77`),
    await run('ip route show 10.244.200.0/26'),
    await run('ip route show default'),
    await run('ip -o address show dev poplinette'),
    await run('ip rule show priority 11100'),
    await run('ip neigh show dev eth0 nud permanent'),
    await run('nft list table inet stranger'),
  ];
  return texts.join('');
}
