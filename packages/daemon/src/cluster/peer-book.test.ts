import type { BlockRecord, NodeRecord } from '@poplin/ipam';
import { parseCidr, parseIp } from '@poplin/net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PeerBook } from './peer-book.js';

const self = { name: 'n1', id: 'id-n1', addresses: () => [parseIp('192.168.7.1')] };

const node = (name: string, parts: Partial<NodeRecord> & { ip?: string } = {}): NodeRecord => {
  const { ip = '192.168.7.2', ...rest } = parts;
  return {
    name,
    id: `id-${name}`,
    addresses: [parseIp(ip)],
    backends: [{ type: 'host-gw', data: {} }],
    version: '1.0.0',
    createdAt: '2026-01-01T00:00:00.000Z',
    ...rest,
  };
};

const block = (cidr: string, nodeId: string): BlockRecord => ({
  cidr: parseCidr(cidr),
  pool: 'default',
  node: 'whoever',
  nodeId,
  generation: 1,
  claimedAt: '2026-01-01T00:00:00.000Z',
  token: 't',
});

const bookOf = (nodes: readonly NodeRecord[], blocks: readonly BlockRecord[] = []): PeerBook => {
  const book = new PeerBook(self);
  for (const record of nodes) book.putNode(record.name, record);
  for (const record of blocks) book.putBlock(record.cidr, record);
  return book;
};

describe('PeerBook', () => {
  it('leaves out this node', () => {
    expect(bookOf([node('n1', { ip: '192.168.7.1' })]).get('n1')).toBeUndefined();
  });

  it('gives a node the blocks of its id, in order, whatever name they bear', () => {
    const book = bookOf(
      [node('n2')],
      [
        block('10.1.0.64/26', 'id-n2'),
        block('10.1.0.0/26', 'id-n2'),
        block('10.1.0.128/26', 'id-of-an-earlier-n2'),
      ],
    );
    expect(book.get('n2')?.blocks).toEqual(['10.1.0.0/26', '10.1.0.64/26']);
  });

  it('touches no other node than the one that changed', () => {
    const book = bookOf([node('n2'), node('n3', { ip: '192.168.7.3' })]);
    book.takeTouched();
    book.putNode('n3', node('n3', { ip: '192.168.7.4' }));
    expect([...book.takeTouched()]).toEqual(['n3']);
    book.putBlock('k', block('10.1.0.0/26', 'id-n2'));
    expect([...book.takeTouched()]).toEqual(['n2']);
    book.putBlock('k', block('10.1.0.0/26', 'id-n3'));
    expect([...book.takeTouched()]).toEqual(['n2', 'n3']);
  });

  it('takes the newer of two records of one id, names both, and returns to the other', () => {
    const renamed = node('new', { id: 'id-n2', createdAt: '2026-02-01T00:00:00.000Z' });
    const book = bookOf([renamed, node('n2', { ip: '192.168.7.9' })]);
    expect(book.get('n2')?.conflict).toMatch(/node n2 .*node new has the same id id-n2/);
    expect(book.get('new')?.conflict).toBeUndefined();
    book.takeTouched();
    book.putNode('new', undefined);
    expect([...book.takeTouched()].sort()).toEqual(['n2', 'new']);
    expect(book.get('n2')?.conflict).toBeUndefined();
  });

  it('takes the newer of two nodes with one address and names both, whatever their order', () => {
    const nodes = [
      node('old'),
      node('young', { createdAt: '2026-02-01T00:00:00.000Z' }),
      node('same', { createdAt: '2026-02-01T00:00:00.000Z' }),
    ];
    for (const order of [nodes, [...nodes].reverse()]) {
      const book = bookOf(order);
      expect(book.get('same')?.conflict).toBeUndefined();
      expect(book.get('old')?.conflict).toMatch(/node old .*node same.*address 192\.168\.7\.2/);
      expect(book.get('young')?.conflict).toMatch(/node young .*node same/);
    }
  });

  it('refuses a node with the address, the id or the name of this one', () => {
    const book = bookOf([
      node('thief', { ip: '192.168.7.1' }),
      node('twin', { id: 'id-n1' }),
      node('n1', { id: 'other' }),
    ]);
    expect(book.get('thief')?.conflict).toMatch(/node thief .*192\.168\.7\.1.*this node n1/);
    expect(book.get('twin')?.conflict).toMatch(/node twin .*node n1 has the same id/);
    expect(book.get('n1')?.conflict).toMatch(/name of this node/);
  });

  it('comes to what a join from scratch comes to, and touches all that differs', () => {
    const name = fc.constantFrom('n1', 'n2', 'n3', 'n4', 'n5');
    const change = fc.oneof(
      fc.record({
        what: fc.constant('node' as const),
        name,
        id: fc.constantFrom('id-n1', 'id-n2', 'id-n3'),
        ips: fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 2 }),
        month: fc.integer({ min: 1, max: 3 }),
        gone: fc.boolean(),
      }),
      fc.record({
        what: fc.constant('block' as const),
        number: fc.integer({ min: 0, max: 3 }),
        id: fc.constantFrom('id-n1', 'id-n2', 'id-n3'),
        gone: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
        const book = new PeerBook(self);
        const nodes = new Map<string, NodeRecord>();
        const blocks = new Map<string, BlockRecord>();
        const follower = new Map<string, ReturnType<PeerBook['get']>>();
        for (const c of changes) {
          if (c.what === 'node') {
            const record = node(c.name, {
              id: c.id,
              addresses: c.ips.map((n) => parseIp(`192.168.7.${n}`)),
              createdAt: `2026-0${c.month}-01T00:00:00.000Z`,
            });
            if (c.gone) nodes.delete(c.name);
            else nodes.set(c.name, record);
            book.putNode(c.name, c.gone ? undefined : record);
          } else {
            const record = block(`10.1.${c.number}.0/24`, c.id);
            if (c.gone) blocks.delete(record.cidr);
            else blocks.set(record.cidr, record);
            book.putBlock(record.cidr, c.gone ? undefined : record);
          }
          for (const touched of book.takeTouched()) follower.set(touched, book.get(touched));
          const fresh = bookOf([...nodes.values()].reverse(), [...blocks.values()].reverse());
          for (const each of ['n1', 'n2', 'n3', 'n4', 'n5']) {
            expect(follower.get(each)).toEqual(fresh.get(each));
          }
        }
      }),
    );
  });
});
