import { underlayAddresses } from '../../lab/index.js';
import type { Kind, Scene, Setting } from './kind.js';

/** Routes, neighbours, rules and sysctls of a node. */
export function routingKinds({ attach, backend }: Setting): readonly Kind[] {
  return [
    routeToPeer,
    ...(attach === 'routed' ? [routeToPod, blackhole] : [routeToBridge]),
    neighbourOfPod,
    ...(backend === 'vxlan' ? [rule] : []),
    forwarding,
  ];
}

const { outside } = underlayAddresses;
const elsewhere = ({ peerBlock }: Scene): string => `${peerBlock} via ${outside} dev eth0`;

const routeToPeer: Kind = {
  name: "route to a peer's block",
  shows: ({ peerBlock }) => [`ip route show ${peerBlock}`],
  cells: {
    delete: { does: ({ peerBlock }) => [`ip route del ${peerBlock} proto 112`] },
    alter: { does: (scene) => [`ip route replace ${elsewhere(scene)} proto 112`] },
    replace: {
      does: (scene) => [`ip route replace ${elsewhere(scene)} proto static`],
      withdraw: (scene) => [`ip route del ${elsewhere(scene)} proto static`],
    },
    flush: { does: () => ['ip route flush proto 112'] },
  },
};

const routeToPod: Kind = {
  name: 'route to a pod',
  shows: ({ pod }) => [`ip route show ${pod.ip}`],
  cells: {
    delete: { does: ({ pod, podLink }) => [`ip route del ${pod.ip} dev ${podLink}`] },
    alter: {
      does: ({ pod, podLink }) => [`ip route replace ${pod.ip} dev ${podLink} proto 112 mtu 1000`],
    },
    replace: {
      does: ({ pod }) => [`ip route replace ${pod.ip} via ${outside} proto static`],
      withdraw: ({ pod }) => [`ip route del ${pod.ip} proto static`],
    },
    flush: { does: ({ podLink }) => [`ip route flush dev ${podLink}`] },
  },
};

const blackhole: Kind = {
  name: 'blackhole of the own block',
  shows: ({ ownBlock }) => [`ip route show ${ownBlock}`],
  cells: {
    delete: { does: ({ ownBlock }) => [`ip route del blackhole ${ownBlock}`] },
    alter: { does: ({ ownBlock }) => [`ip route replace ${ownBlock} dev eth0 proto 112`] },
    replace: {
      does: ({ ownBlock }) => [`ip route replace unreachable ${ownBlock} proto static`],
      withdraw: ({ ownBlock }) => [`ip route del unreachable ${ownBlock} proto static`],
    },
    flush: { does: () => ['ip route flush type blackhole'] },
  },
};

const routeToBridge: Kind = {
  name: 'route to the bridge',
  shows: ({ ownBlock }) => [`ip route show ${ownBlock}`],
  cells: {
    delete: { does: ({ ownBlock }) => [`ip route del ${ownBlock} dev poplin0`] },
    alter: { does: ({ ownBlock }) => [`ip route replace ${ownBlock} dev eth0 proto 112`] },
    replace: {
      does: ({ ownBlock }) => [`ip route replace unreachable ${ownBlock} proto static`],
      withdraw: ({ ownBlock }) => [`ip route del unreachable ${ownBlock} proto static`],
    },
    flush: { does: () => ['ip route flush dev poplin0'] },
  },
};

const podNeighbourLink = ({ attach, podLink }: Scene): string =>
  attach === 'bridge' ? 'poplin0' : podLink;
const podNeighbour = (scene: Scene, mac: string): string =>
  `${scene.pod.ip} lladdr ${mac} dev ${podNeighbourLink(scene)} nud permanent`;

const neighbourOfPod: Kind = {
  name: 'neighbour of a pod',
  shows: (scene) => [`ip neigh show dev ${podNeighbourLink(scene)} nud permanent`],
  cells: {
    delete: { does: (scene) => [`ip neigh del ${scene.pod.ip} dev ${podNeighbourLink(scene)}`] },
    alter: { does: (scene) => [`ip neigh change ${podNeighbour(scene, '02:00:00:00:00:99')}`] },
    // The link is ours, so no other neighbour of that address on it can be meant.
    replace: {
      does: (scene) => [
        `ip neigh replace ${podNeighbour(scene, '02:00:00:00:00:98')} protocol static`,
      ],
    },
    flush: { does: (scene) => [`ip neigh flush dev ${podNeighbourLink(scene)} nud permanent`] },
  },
};

/** The first rule to the table of nodes, as `ip rule` takes it. */
async function nodeRule({ run }: Scene): Promise<string> {
  const [line = ''] = (await run('ip rule show priority 11200')).split('\n');
  return line.replace(/^\d+:\s*/, '').trim();
}

const rule: Kind = {
  name: 'rule to the table of nodes',
  shows: () => ['ip rule show priority 11200'],
  cells: {
    delete: { does: async (scene) => [`ip rule del priority 11200 ${await nodeRule(scene)}`] },
    alter: {
      does: async (scene) => {
        const line = await nodeRule(scene);
        const other = line.replace(/lookup \S+/, 'lookup 113');
        return [`ip rule del priority 11200 ${line}`, `ip rule add priority 11200 ${other}`];
      },
    },
    replace: 'rules stand beside each other: one of somebody else takes the place of none',
    flush: { does: () => ['ip rule flush protocol 112'] },
  },
};

const forwarding: Kind = {
  name: 'sysctl of forwarding',
  shows: () => ['sysctl net.ipv4.ip_forward'],
  cells: {
    delete: 'a sysctl cannot be deleted',
    alter: { does: () => ['sysctl -qw net.ipv4.ip_forward=0'] },
    replace: 'a value has no owner: the same as to alter it',
    flush: 'sysctls cannot be flushed',
  },
};
