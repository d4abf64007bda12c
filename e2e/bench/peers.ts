import type { BenchArea, BenchOptions, BenchReport } from './area.js';

/** Many peers in the reconciler. The measurements live with it; they are built with it, and not published. */
export const peers: BenchArea = {
  name: 'peers',
  description: 'the reconciler with 1,000 and 5,000 peers: first time, one changed, nothing to do',
  defaultRounds: 20,
  async run(options) {
    const file = new URL('../../../packages/reconciler/bench/dist/peers.js', import.meta.url);
    const { measurePeers } = (await import(file.href)) as {
      readonly measurePeers: (options: BenchOptions) => Promise<BenchReport>;
    };
    return await measurePeers(options);
  },
};
