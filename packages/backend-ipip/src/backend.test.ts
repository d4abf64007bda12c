import { silentLog } from '@poplin/net';
import { expect, it } from 'vitest';
import { ipip } from './backend.js';
import { ipipOptions } from './options.js';
import { ipipPeerData } from './peer-data.js';
import { viewOf } from './testing/nodes.js';

const { underlay } = viewOf(1500, '192.168.7.1');
const host = { nodeName: 'n1', nodeId: 'this', underlay, linkSuffix: '', log: silentLog };

it('options have defaults', () => {
  expect(ipipOptions.parse({})).toEqual({ mode: 'always' });
});

it.each([
  [{ mode: 'never' }, 'mode', 'must be always or cross-subnet'],
  [{ mtu: 100 }, 'mtu', 'must be 576 to 65515 bytes, or absent to follow the underlay'],
  [{ mtu: '1400' }, 'mtu', 'must be 576 to 65515 bytes, or absent to follow the underlay'],
])('options %j are refused with the path and what is allowed', (options, path, message) => {
  expect(ipipOptions.safeParse(options).error?.issues).toMatchObject([{ path: [path], message }]);
});

it('a peer that publishes more than this version knows is taken', () => {
  expect(ipipPeerData.parse({ more: 1 })).toEqual({});
  expect(ipipPeerData.safeParse('x').success).toBe(false);
});

it('publishes the same whatever its options are: they concern one end', async () => {
  const { published } = await ipip.start(host, { mode: 'cross-subnet', mtu: 1400 });
  expect(published).toEqual((await ipip.start(host, { mode: 'always' })).published);
});

it('warns of an MTU that the underlay cannot carry', async () => {
  const told: string[] = [];
  const log = { ...silentLog, warn: (_: unknown, text: string) => void told.push(text) };
  await ipip.start({ ...host, log }, { mode: 'always', mtu: 1490 });
  expect(told).toEqual(['option mtu asks for 1490 bytes, eth0 lets poplin.ipip have 1480']);
});
