import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CorpusKind, realMessages } from '../../test-support/corpus.js';
import { NetlinkError } from '../error.js';
import { decodeAddress } from './address/decode.js';
import { decodeLink } from './link/decode.js';
import { decodeNeighbour } from './neighbour/decode.js';
import { decodeRoute } from './route/decode.js';

const decoders: Readonly<Record<CorpusKind, (body: Uint8Array) => object | undefined>> = {
  link: decodeLink,
  address: decodeAddress,
  route: decodeRoute,
  neighbour: decodeNeighbour,
};
const kinds = Object.keys(decoders) as CorpusKind[];

/** A value, or the typed error: nothing else may come of bytes, whatever they are. */
function decodesOrRefuses(kind: CorpusKind, body: Uint8Array): void {
  try {
    decoders[kind](body);
  } catch (error) {
    if (!(error instanceof NetlinkError && error.code === 'DECODE')) throw error;
  }
}

describe('decoders of real messages', () => {
  it('read links', () => {
    expect(realMessages('link').map(decodeLink)).toMatchObject([
      { ifindex: 1, name: 'lo', mtu: 65536, up: true, operState: 'unknown' },
      { ifindex: 2, name: 'poplin0', kind: 'bridge', mac: 'a2:a9:00:5e:65:b2' },
      {
        ifindex: 3,
        name: 'pop0123456789a',
        kind: 'veth',
        mtu: 1450,
        group: 7,
        alias: 'poplin:pod/1',
        masterIfindex: 2,
        peerIfindex: 2,
        peerNetnsId: 0,
        bridgePort: { hairpin: false, isolated: false, learning: true },
      },
    ]);
  });

  it('read addresses', () => {
    const addresses = realMessages('address').map(decodeAddress);
    expect(addresses.map((a) => `${a?.ip}/${a?.length}`)).toEqual([
      '127.0.0.1/8',
      '10.244.1.1/24',
      '::1/128',
      'fd00:10:244::1/64',
      expect.stringMatching(/^fe80::.*\/64$/),
    ]);
    expect(addresses[0]).toMatchObject({ scope: 'host', label: 'lo', permanent: true });
    expect(addresses[3]).toMatchObject({ noDad: true, tentative: false });
  });

  it('read routes', () => {
    expect(realMessages('route').map(decodeRoute)).toMatchObject([
      { dst: '10.7.0.0/16', nexthops: [{ weight: 3 }, { onlink: true }] },
      { dst: '10.9.0.0/16', via: 'fd00:10:244::3', ifindex: 2 },
      { dst: '10.244.0.0/26', type: 'blackhole', protocol: 112, table: 254 },
      { dst: '10.244.7.0/26', via: '10.244.1.9', source: '10.244.1.1', mtu: 1450 },
      { dst: 'fd00::/122', type: 'blackhole', priority: 1024 },
      { dst: '::/0', via: 'fd00:10:244::fe' },
    ]);
  });

  it('read neighbours', () => {
    expect(realMessages('neighbour').map(decodeNeighbour)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          ip: '169.254.1.1',
          mac: '0a:58:a9:fe:01:01',
          state: 'permanent',
          protocol: 112,
        }),
        expect.objectContaining({ ip: 'fe80::1', state: 'stale' }),
      ]),
    );
  });
});

describe.each(kinds)('the decoder of a %s', (kind) => {
  it('takes arbitrary bytes or refuses them with DECODE', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 256 }), (body) => decodesOrRefuses(kind, body)),
      { numRuns: 20_000 },
    );
  });

  it('takes real messages with bytes changed, or refuses them with DECODE', () => {
    const bodies = realMessages(kind);
    const change = fc.tuple(fc.nat(), fc.nat({ max: 255 }));
    fc.assert(
      fc.property(
        fc.constantFrom(...bodies),
        fc.array(change, { minLength: 1, maxLength: 8 }),
        (body, changes) => {
          const changed = body.slice();
          for (const [at, value] of changes) changed[at % changed.length] = value;
          decodesOrRefuses(kind, changed);
        },
      ),
      { numRuns: 20_000 },
    );
  });

  it('takes real messages cut anywhere, or refuses them with DECODE', () => {
    for (const body of realMessages(kind)) {
      for (let length = 0; length < body.length; length++) {
        decodesOrRefuses(kind, body.subarray(0, length));
      }
    }
  });
});
