import type { Kind, Scene, Tamper } from './kind.js';

const pools = 'inet poplin source_ipv4';
const masquerading = 'inet poplin postrouting';
const shows: Kind['shows'] = () => ['nft list table inet poplin'];

/** One transaction of commands of nft. */
const nft = (...commands: readonly string[]): Tamper => ({
  does: () => [`nft ${commands.join(' ; ')}`],
});

const element: Kind = {
  name: 'nft element',
  shows,
  cells: {
    delete: nft(`delete element ${pools} { 10.244.0.0/16 }`),
    alter: nft(`add element ${pools} { 192.0.2.0/24 }`),
    replace: nft(
      `delete element ${pools} { 10.244.0.0/16 }`,
      `add element ${pools} { 10.244.0.0/17 }`,
    ),
    flush: nft(`flush set ${pools}`),
  },
};

const rule: Kind = {
  name: 'nft rule',
  shows,
  cells: {
    delete: { does: async (scene) => [`nft delete rule ${masquerading} ${await lastRule(scene)}`] },
    alter: {
      does: async (scene) => [`nft replace rule ${masquerading} ${await lastRule(scene)} accept`],
    },
    replace: {
      does: async (scene) => [
        `nft delete rule ${masquerading} ${await lastRule(scene)} ; insert rule ${masquerading} accept`,
      ],
    },
    flush: nft(`flush chain ${masquerading}`),
  },
};

const chain: Kind = {
  name: 'nft chain',
  shows,
  cells: {
    delete: nft(`flush chain ${masquerading}`, `delete chain ${masquerading}`),
    alter: nft(`chain ${masquerading} { policy drop ; }`),
    replace: nft(
      `flush chain ${masquerading}`,
      `delete chain ${masquerading}`,
      `add chain ${masquerading} { type nat hook postrouting priority 300 ; }`,
    ),
    flush: 'to flush a chain is to flush its rules: see nft rule',
  },
};

const table: Kind = {
  name: 'nft table',
  shows,
  cells: {
    delete: nft('delete table inet poplin'),
    alter: nft('add chain inet poplin stranger'),
    replace: nft(
      'delete table inet poplin',
      'add table inet poplin',
      'add chain inet poplin stranger',
    ),
    flush: { ...nft('flush ruleset'), takesAll: true },
  },
};

/** What is in the table `inet poplin`, and the table. */
export const nftablesKinds: readonly Kind[] = [element, rule, chain, table];

/** `handle N` of the last rule of the chain that masquerades. */
async function lastRule({ run }: Scene): Promise<string> {
  const lines = (await run(`nft -a list chain ${masquerading}`)).split('\n');
  const [last = ''] = lines.filter((line) => line.includes('masquerade')).slice(-1);
  return /handle \d+/.exec(last)?.[0] ?? 'handle 0';
}
