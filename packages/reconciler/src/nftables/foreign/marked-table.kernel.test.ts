import { enterNetns, type Nftables, openNetns, openNftables } from '@poplin/netlink';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { dockerRules } from '../../../test-support/docker.js';
import { type TestHost, testHost } from '../../../test-support/host.js';
import { iptables } from '../../../test-support/iptables.js';
import { changeMarked } from './marked-table.js';
import { rulesOf } from './rules.js';

let host: TestHost;
let nftables: Nftables;
const table = { family: 'ip', name: 'filter' } as const;
const saved = (): string => iptables(host, 'iptables-nft-save', []).replace(/^#.*\n/gm, '');

beforeEach(() => {
  host = testHost('node');
  using netns = openNetns(host.path);
  enterNetns(netns);
  nftables = openNftables();
  dockerRules(host, '27');
});
afterEach(async () => {
  nftables[Symbol.dispose]();
  await host[Symbol.asyncDispose]();
});

/** Deletes the first rule of a chain by its handle; `meanwhile` comes between the listing and that. */
const deleteFirst = (chain: string, meanwhile: () => void): Promise<void> =>
  changeMarked(nftables, table, (objects) => {
    const [first] = rulesOf(objects, chain);
    meanwhile();
    const place = { family: 'ip', table: 'filter', chain, handle: first?.handle ?? 0 } as const;
    return [{ delete: { rule: place } }];
  });

it('changes the table that was listed', async () => {
  const before = saved();
  await deleteFirst('DOCKER-USER', () => {});
  expect(saved()).toBe(before.replace('-A DOCKER-USER -j RETURN\n', ''));
  expect(host.exec('nft', 'list', 'counters')).not.toMatch(/poplin-mark/);
});

it('changes nothing of a table that was made anew meanwhile, where the handle is that of another rule', async () => {
  const replaced = `*filter\n:FORWARD ACCEPT [0:0]\n:DOCKER-USER - [0:0]\n${'-A DOCKER-USER -s 192.0.2.1/32 -j DROP\n'.repeat(40)}COMMIT\n`;
  let restored = '';
  await expect(
    deleteFirst('DOCKER-USER', () => {
      iptables(host, 'iptables-nft-restore', [], replaced);
      restored = saved();
    }),
  ).rejects.toMatchObject({ code: 'NFTABLES' });
  expect(restored.match(/192\.0\.2\.1/g)).toHaveLength(40);
  expect(saved()).toBe(restored);
  expect(host.exec('nft', 'list', 'counters')).not.toMatch(/poplin-mark/);
});

it('takes its mark away when the kernel refuses the change', async () => {
  const before = saved();
  const nothing = { family: 'ip', table: 'filter', chain: 'DOCKER-USER', handle: 4711 } as const;
  await expect(
    changeMarked(nftables, table, () => [{ delete: { rule: nothing } }]),
  ).rejects.toMatchObject({ code: 'NFTABLES' });
  expect(host.exec('nft', 'list', 'counters')).not.toMatch(/poplin-mark/);
  expect(saved()).toBe(before);
});

it('makes no table where there is none', async () => {
  host.exec('nft', 'flush', 'ruleset');
  await expect(changeMarked(nftables, table, () => [])).rejects.toMatchObject({ code: 'NFTABLES' });
  expect(host.exec('nft', 'list', 'ruleset')).toBe('');
});
