import { describe, expect, it } from 'vitest';
import { type Cost, type Figures, medianOf } from './figures.js';
import { drawReport, growthOf } from './report.js';

const cost = (cpu: number): Cost => ({ wall: cpu / 2, cpu, system: 0 });
const figures = (peers: number, factor: number): Figures => ({
  peers,
  costs: {
    plan: cost(10 * factor),
    first: cost(80 * factor),
    change: cost(2),
    look: cost(20 * factor),
    adopt: cost(50 * factor),
  },
  rss: 70 + factor,
  rssOfPeers: 3 * factor,
  objects: { routes: 2 * peers, neighbours: peers, fdb: 7 * peers },
});
const [few, many] = [figures(1000, 1), figures(5000, 4)];
const growth = growthOf(few, many);

describe('growthOf', () => {
  it('compares the processor time of each work, and the memory of the peers alone', () => {
    expect(growth).toEqual({
      peers: 5,
      cpu: { plan: 4, first: 4, change: 1, look: 4, adopt: 4 },
      rssOfPeers: 4,
    });
  });
});

describe('drawReport', () => {
  it('has each work in a row, with units and the growth', () => {
    const text = drawReport([{ backend: 'vxlan', few, many, growth }]);
    expect(text).toMatch(/^vxlan +1000 wall +CPU +5000 wall +CPU +times$/m);
    expect(text).toMatch(/^program all, first time +40\.0 ms +80\.0 ms +160 ms +320 ms +× 4\.0$/m);
    expect(text).toMatch(/^one changed peer +1\.0 ms +2\.0 ms +1\.0 ms +2\.0 ms +× 1\.0$/m);
    expect(text).toContain(
      'in the kernel with 5000 peers: 10000 routes, 5000 neighbours, 35000 fdb entries',
    );
  });

  it('has no growth where the clock was too coarse for the smaller cost', () => {
    const none = { ...few, costs: { ...few.costs, change: { wall: 2, cpu: 0, system: 0 } } };
    const text = drawReport([{ backend: 'ipip', few: none, many, growth: growthOf(none, many) }]);
    expect(text).toMatch(/^one changed peer +2\.0 ms +0\.0 ms +1\.0 ms +2\.0 ms +–$/m);
  });

  it('says of a backend that was not measured why', () => {
    const text = drawReport([{ backend: 'ipip', unavailable: 'no links of kind ipip' }]);
    expect(text).toMatch(/^ipip: not measured, .*no links of kind ipip$/m);
  });
});

describe('medianOf', () => {
  it('takes the middle of each figure by itself, and of nothing there is none', () => {
    const costs = [
      { wall: 1, cpu: 9, system: 5 },
      { wall: 2, cpu: 7, system: 6 },
      { wall: 30, cpu: 8, system: 4 },
    ];
    expect(medianOf(costs)).toEqual({ wall: 2, cpu: 8, system: 5 });
    expect(() => medianOf([])).toThrow(RangeError);
  });
});
