import type { Kind, Scene, Setting } from './kind.js';

/** Links of a node, and what hangs on them. */
export function linkKinds({ attach, backend }: Setting): readonly Kind[] {
  return [
    ...(attach === 'bridge' ? [bridge, port] : []),
    ...(backend === 'vxlan' ? [vxlan, neighbourOfVtep, fdbEntry, address] : []),
  ];
}

function link(name: string, stranger: string): Kind {
  return {
    name: `link ${name}`,
    shows: () => [`ip -o link show ${name}`],
    cells: {
      delete: { does: () => [`ip link del ${name}`] },
      alter: { does: () => [`ip link set ${name} down mtu 1300 address 02:00:00:00:00:97`] },
      replace: {
        // In one go, or ours is back in between. To delete a link takes longer than that; to rename it does not.
        does: () => [
          `batch link set ${name} down; link set ${name} name poplin.was; link add ${name} type ${stranger}`,
        ],
        withdraw: () => [`ip link del ${name}`],
      },
      flush: 'links cannot be flushed',
    },
  };
}

const bridge = link('poplin0', 'bridge');

const port: Kind = {
  name: "port of the bridge (a pod's link)",
  shows: ({ podLink }) => [
    'ip -brief link show master poplin0',
    `bridge -d link show dev ${podLink}`,
  ],
  cells: {
    delete: { does: ({ podLink }) => [`ip link set ${podLink} nomaster`] },
    alter: { does: ({ podLink }) => [`bridge link set dev ${podLink} hairpin on isolated on`] },
    replace: {
      does: ({ podLink }) => [`ip link set ${podLink} master poplinette`],
    },
    flush: { does: () => ['ip link del poplin0'] },
  },
};

const vxlan = link('poplin.vxlan', 'vxlan id 99 dstport 9999');
const dev = 'dev poplin.vxlan';

const neighbourOfVtep: Kind = {
  name: 'neighbour of a VTEP',
  shows: () => [`ip neigh show ${dev} nud permanent`],
  cells: {
    delete: { does: ({ peer }) => [`ip neigh del ${peer} ${dev}`] },
    alter: {
      does: ({ peer }) => [`ip neigh change ${peer} lladdr 02:00:00:00:00:96 ${dev} nud permanent`],
    },
    replace: {
      does: ({ peer }) => [
        `ip neigh replace ${peer} lladdr 02:00:00:00:00:95 ${dev} nud permanent protocol static`,
      ],
    },
    flush: { does: () => [`ip neigh flush ${dev} nud permanent`] },
  },
};

const vtepMac = async ({ run, peer }: Scene): Promise<string> =>
  /lladdr (\S+)/.exec(await run(`ip neigh show ${peer} ${dev}`))?.[1] ?? '';

const fdbEntry: Kind = {
  name: 'fdb entry',
  shows: () => [`bridge fdb show ${dev}`],
  cells: {
    delete: {
      does: async (scene) => [`bridge fdb del ${await vtepMac(scene)} ${dev} dst ${scene.peer}`],
    },
    alter: {
      does: async (scene) => [
        `bridge fdb replace ${await vtepMac(scene)} ${dev} dst 192.168.77.199 self permanent`,
      ],
    },
    replace: 'an entry has no owner: the same as to alter it',
    flush: { does: () => [`bridge fdb flush ${dev}`] },
  },
};

/** What keeps the reverse path filter of the tunnel loose (decision 17). */
const ownAddress = '169.254.112.112/32';

const address: Kind = {
  name: 'address of the tunnel',
  shows: () => [`ip -brief -4 address show ${dev} scope host`],
  cells: {
    delete: { does: () => [`ip address del ${ownAddress} ${dev}`] },
    alter: {
      does: () => [
        `batch address del ${ownAddress} ${dev}; address add ${ownAddress} ${dev} scope global`,
      ],
    },
    replace: 'an address has no owner: the same as to alter it',
    flush: { does: () => [`ip -4 address flush ${dev}`] },
  },
};
