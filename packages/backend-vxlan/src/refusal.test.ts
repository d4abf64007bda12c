import { describe, expect, it } from 'vitest';
import { planPeer } from './plan.js';
import { peerOf, viewOf, vtepOf } from './testing/nodes.js';

const vtep = vtepOf();
const own4 = '192.168.7.1';
const own6 = 'fd77::1';
const dual = viewOf(1500, own4, own6);

describe('a peer is refused', () => {
  const refusalsOf = (peer: ReturnType<typeof peerOf>, view = dual) => {
    const { state, refusals } = planPeer(vtep, peer, view);
    expect(state.routes).toEqual([]);
    expect(state.fdb).toEqual([]);
    expect(refusals).toHaveLength(1);
    return refusals[0];
  };

  it('that has another VNI or port: with both values', () => {
    const blocks = ['10.244.1.0/26', 'fd00:10::40/122'];
    expect(refusalsOf(peerOf('n2', ['192.168.7.2'], blocks, { vni: 7 }))).toBe(
      'blocks 10.244.1.0/26 and fd00:10::40/122 of node n2 cannot be reached: it uses VNI 7 and this node 1',
    );
    expect(refusalsOf(peerOf('n2', ['192.168.7.2'], blocks, { port: 4789 }))).toContain(
      'it uses UDP port 4789 and this node 8472',
    );
  });

  it('that has no address of a family of ours: with both', () => {
    const six = peerOf('n2', ['fd77::2'], ['10.244.1.0/26']);
    expect(refusalsOf(six, viewOf(1500, own4))).toMatch(
      /block 10\.244\.1\.0\/26 of node n2.*fd77::2.*192\.168\.7\.1.*no family in common/,
    );
  });

  it('that has an address or the MAC of this node', () => {
    expect(refusalsOf(peerOf('twin', ['192.168.7.9', own6], ['10.244.1.0/26']))).toContain(
      "fd77::1, which is this node's own address",
    );
    expect(refusalsOf(peerOf('this', ['192.168.7.9'], ['10.244.1.0/26']))).toContain(
      'same node id',
    );
  });

  it('for IPv6 alone, where the path is too narrow for it', () => {
    const narrow = peerOf('n2', ['192.168.7.2'], ['10.244.1.0/26', 'fd00:10::40/122'], {
      mtu: 1300,
    });
    const { state, refusals } = planPeer(vtep, narrow, viewOf(1500, own4));
    expect(state.routes.map(({ dst }) => dst)).toEqual(['10.244.1.0/26', '192.168.7.2/32']);
    expect(refusals).toEqual([
      expect.stringMatching(
        /^block fd00:10::40\/122 of node n2 .*: the path carries packets of 1250 bytes and ipv6 needs 1280/,
      ),
    ]);
  });
});
