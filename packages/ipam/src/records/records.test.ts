import { type Ip, parseCidr } from '@poplin/net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressesKey, formatAddressMirror, parseAddressMirror } from './addresses.js';
import { aliveKey, formatAliveRecord, parseAliveRecord } from './alive.js';
import { blockKey, blockOfKey, formatBlockRecord, parseBlockRecord } from './block.js';
import { describeRecordProblem } from './codec.js';
import { formatNodeRecord, nodeKey, parseNodeRecord } from './node.js';

const at = '2026-11-21T01:02:03.004Z';
const cidr = parseCidr('10.244.0.64/26');
const block = {
  cidr,
  pool: 'default',
  node: 'n1',
  nodeId: 'id',
  generation: 1,
  claimedAt: at,
  token: 't',
};
const node = {
  name: 'n1',
  id: 'id',
  addresses: ['192.0.2.1', 'fd00::1'] as Ip[],
  mtu: 1500,
  backends: [{ type: 'host-gw', data: { any: [1] } }],
  version: '0.1.0',
  createdAt: at,
};
const alive = { name: 'n1', id: 'id', instance: 'run', startedAt: at, addresses: node.addresses };
const address = { ip: '10.244.0.65' as Ip, containerId: 'c', ifname: 'eth0', assignedAt: at };
const mirror = { block: cidr, node: 'n1', addresses: [{ ...address, pod: 'ns/p' }, address] };

describe('records in the registry', () => {
  it('come back as they were written', () => {
    const ok = <T>(record: T): { ok: true; record: T } => ({ ok: true, record });
    expect(parseBlockRecord(blockKey(cidr), formatBlockRecord(block))).toEqual(ok(block));
    expect(parseNodeRecord(nodeKey('n1'), formatNodeRecord(node))).toEqual(ok(node));
    const stranded = { ...node, backends: [], noBackend: 'the module ipip is missing' };
    expect(parseNodeRecord(nodeKey('n1'), formatNodeRecord(stranded))).toEqual(ok(stranded));
    expect(parseAliveRecord(aliveKey('n1'), formatAliveRecord(alive))).toEqual(ok(alive));
    expect(parseAddressMirror(addressesKey(cidr), formatAddressMirror(mirror))).toEqual(ok(mirror));
  });

  it('have keys without a slash in their last part', () => {
    expect(blockKey(cidr)).toBe('blocks/10.244.0.64-26');
    expect(blockKey(parseCidr('fd00::40/122'))).toBe('blocks/fd00::40-122');
    expect(blockOfKey('blocks/fd00::40-122')).toBe('fd00::40/122');
    for (const key of [
      'blocks/',
      'blocks/x',
      'blocks/10.0.0.1-26',
      'nodes/10.0.0.0-26',
      'blocks/10.0.0.0-8-8',
    ]) {
      expect(blockOfKey(key)).toBeUndefined();
    }
  });

  it('of another key than their own are refused', () => {
    const other = 'blocks/10.244.0.0-26';
    expect(parseBlockRecord(other, formatBlockRecord(block))).toMatchObject({ ok: false });
    expect(parseNodeRecord('nodes/n2', formatNodeRecord(node))).toMatchObject({ ok: false });
    expect(parseAliveRecord('alive/n2', formatAliveRecord(alive))).toMatchObject({ ok: false });
    expect(parseAddressMirror('addresses/x', formatAddressMirror(mirror))).toMatchObject({
      ok: false,
    });
  });

  it('of a newer version are read without what is new', () => {
    const text = JSON.stringify({ ...block, colour: 'blue' });
    expect(parseBlockRecord(blockKey(cidr), text)).toEqual({ ok: true, record: block });
  });

  it.each([
    ['nothing', '', '', /JSON/],
    ['half a record', '{"cidr":"10.2', '', /JSON/],
    [
      'host bits',
      JSON.stringify({ ...block, cidr: '10.244.0.65/26' }),
      'cidr',
      /beyond its prefix/,
    ],
    ['no owner', JSON.stringify({ ...block, nodeId: '' }), 'nodeId', /./],
    ['a bad generation', JSON.stringify({ ...block, generation: 0 }), 'generation', /./],
    ['a bad time', JSON.stringify({ ...block, claimedAt: 'now' }), 'claimedAt', /./],
  ])('with %s name key and path of the fault', (_what, text, path, reason) => {
    const parsed = parseBlockRecord(blockKey(cidr), text);
    expect(parsed).toMatchObject({ ok: false, problem: { key: blockKey(cidr), path } });
    if (!parsed.ok) expect(describeRecordProblem(parsed.problem)).toMatch(reason);
  });

  it('never make a reader throw, whatever is in them', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        for (const parse of [
          parseBlockRecord,
          parseNodeRecord,
          parseAliveRecord,
          parseAddressMirror,
        ]) {
          expect(parse('blocks/10.244.0.64-26', text).ok).toBe(false);
        }
      }),
    );
  });
});
